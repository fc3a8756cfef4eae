import { assertEquals, assertThrows } from "@std/assert";
import type { RegistryOptions } from "../../src/metrics/metric_options.ts";
import { Registry } from "../../src/metrics/registry.ts";
import { checkRegistryOptions } from "../../src/metrics/registry_check.ts";

Deno.test("checkRegistryOptions names the option, its rule and what was received", () => {
  const count = "must be a whole number of at least 1: received ";
  const cases: [unknown, string][] = [
    [{ seriesPerFamilyMax: NaN }, `seriesPerFamilyMax ${count}NaN`],
    [{ seriesPerFamilyMax: -1 }, `seriesPerFamilyMax ${count}-1`],
    [{ seriesPerFamilyMax: "x" }, `seriesPerFamilyMax ${count}"x"`],
    [{ cellsMax: NaN }, `cellsMax ${count}NaN`],
    [{ cellsMax: 0 }, `cellsMax ${count}0`],
    [{ rules: [] }, "rules must be an object: received []"],
    [{ rules: { drop: "go_*" } }, 'rules.drop must be a list of texts: received "go_*"'],
    [{ rules: { dropLabels: [1] } }, "rules.dropLabels must be a list of texts: received [1]"],
    [{ rules: { rename: ["a"] } }, 'rules.rename must be an object of texts: received ["a"]'],
    [{ rules: { rename: { a: 1 } } }, 'rules.rename must be an object of texts: received {"a":1}'],
    [{ nowMs: 5 }, "nowMs must be a function: received 5"],
    [{ wallMs: "x" }, 'wallMs must be a function: received "x"'],
    [{ onOverflow: null }, "onOverflow must be a function: received null"],
    [{ onCollectError: {} }, "onCollectError must be a function: received {}"],
    [{ constantLabels: "env" }, 'constantLabels must be an object of texts: received "env"'],
    [{ constantLabels: { le: "x" } }, "a constant label must be none of"],
    [
      { constantLabels: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`l${i}`, "x"])) },
      "constantLabels must be at most 32: received 33",
    ],
    [5, "its options must be an object: received 5"],
    [null, "its options must be an object: received null"],
  ];
  for (const [options, problem] of cases) {
    const message = `Cannot make a registry: ${problem}`;
    assertThrows(() => checkRegistryOptions(options as RegistryOptions), TypeError, message);
  }
});

Deno.test("checkRegistryOptions tells of everything that is wrong at once", () => {
  const options = { cellsMax: NaN, nowMs: 5, constantLabels: { __a: "x", env: "" } };
  assertEquals(
    assertThrows(() => new Registry(options as unknown as RegistryOptions), TypeError).message,
    "Cannot make a registry: cellsMax must be a whole number of at least 1: received NaN; a constant " +
      'label\'s name must match ^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,99}$: received "__a"; the constant ' +
      'label "env" must be a text of 1 to 4096 well-formed characters: received ""; nowMs must be a ' +
      "function: received 5",
  );
});

Deno.test("checkRegistryOptions takes what is left out, and what is right", () => {
  checkRegistryOptions({});
  checkRegistryOptions({
    seriesPerFamilyMax: 1,
    cellsMax: 1,
    constantLabels: { env: "prod" },
    rules: { drop: ["go_*"], dropLabels: ["pod"], rename: { a: "b" } },
    wallMs: () => 0,
    nowMs: () => 0,
    onOverflow: () => {},
    onCollectError: () => {},
  });
});
