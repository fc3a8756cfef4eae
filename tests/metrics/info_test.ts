import { assertEquals, assertThrows } from "@std/assert";
import { Registry } from "../../src/metrics/registry.ts";
import { shown } from "./shown.ts";

Deno.test("Info.set shows the facts that hold now, and no earlier ones", async () => {
  const registry = new Registry();
  const info = registry.info({ name: "build_info", help: "", labels: ["version"] });
  assertEquals(await shown(registry), []);
  info.set({ version: "1" });
  info.set({ version: "1" });
  assertEquals(await shown(registry), ['build_info{version="1"} 1']);
  info.set({ version: "2" });
  assertEquals(await shown(registry), ['build_info{version="2"} 1']);
  info.set({ version: "1" });
  assertEquals(await shown(registry), ['build_info{version="1"} 1']);
  info.clear();
  assertEquals(await shown(registry), []);
});

Deno.test("Info.set takes facts that an object reads from its class", async () => {
  class Build {
    get version(): string {
      return "1";
    }
  }
  const registry = new Registry();
  const info = registry.info({ name: "build_info", help: "", labels: ["version"] });
  info.set(new Build());
  info.set({ version: "2" });
  assertEquals(await shown(registry), ['build_info{version="2"} 1']);
});

Deno.test("Registry refuses an info whose name does not end as OpenMetrics asks", () => {
  assertThrows(
    () => new Registry().info({ name: "build", help: "", labels: ["version"] }),
    TypeError,
    'Cannot register "build": name must end in "_info"',
  );
});

Deno.test("an info whose facts had no room shows its overflow series only as long as they hold", async () => {
  const registry = new Registry({ seriesPerFamilyMax: 1 });
  const info = registry.info({ name: "leader_info", help: "", labels: ["who"] });
  const overflow = ['leader_info{muster_overflow="true"} 1'];
  info.set({ who: "a" });
  info.set({ who: "b" });
  assertEquals(await shown(registry), overflow);
  info.set({ who: "c" });
  assertEquals(await shown(registry), overflow);
  info.set({ who: "a" });
  assertEquals(await shown(registry), ['leader_info{who="a"} 1']);
  info.set({ who: "b" });
  assertEquals(await shown(registry), overflow);
  info.clear();
  assertEquals(await shown(registry), []);
});
