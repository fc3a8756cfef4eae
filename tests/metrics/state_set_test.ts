import { assertEquals, assertThrows } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { shown } from "./shown.ts";

Deno.test("StateSet has a series for each state, with the state in the label of its name", async () => {
  const registry = new Registry();
  const phase = registry.stateSet({ name: "phase", help: "", states: ["new", "ready", "ill"] });
  const states = async () => (await shown(registry)).map((line) => line.at(-1)).join("");
  assertEquals(await shown(registry), [
    'phase{phase="new"} 0',
    'phase{phase="ready"} 0',
    'phase{phase="ill"} 0',
  ]);
  phase.only("new");
  assertEquals(await states(), "100");
  phase.set("ill", true);
  assertEquals([phase.has("ill"), phase.has("ready"), await states()], [true, false, "101"]);
  phase.only("ready");
  assertEquals(await states(), "010");
});

Deno.test("StateSet refuses a state that was not declared, by name", () => {
  const phase = new Registry().stateSet({ name: "phase", help: "", states: ["new", "ready"] });
  assertThrows(
    () => phase.set("ill" as "new", true),
    TypeError,
    'Cannot use "phase": a state must be one of new, ready: received "ill"',
  );
  assertThrows(() => phase.only("" as "new"), TypeError, "a state must be");
});

Deno.test("Registry refuses a state set without states, with one twice, or of a name no label has", () => {
  const registry = new Registry();
  const make = (name: string, states: string[]) => () =>
    registry.stateSet({ name, help: "", states });
  assertThrows(make("a", []), TypeError, "states must be distinct, and at least one: received []");
  assertThrows(make("a", ["x", "x"]), TypeError, "states must be distinct");
  assertThrows(make("a:b", ["x"]), TypeError, "a label name must match");
  const none: unknown = undefined, text: unknown = "on", numbers: unknown = [1];
  const rule = 'Cannot register "a": states must be a list: received ';
  assertThrows(make("a", none as string[]), TypeError, rule + "nothing");
  assertThrows(make("a", text as string[]), TypeError, rule + '"on"');
  assertThrows(
    make("a", numbers as string[]),
    TypeError,
    "a state must have at most 4096 well-formed characters: received 1",
  );
});
