import { assertEquals, assertThrows } from "@std/assert";
import { planInstall } from "./install.ts";
import { type BinaryName, findBinary, requireBinary } from "./needed_binaries.ts";

const KNOT = { name: "knotd", debianPackage: "knot" };
const PROMETHEUS = { name: "prometheus", debianPackage: "prometheus" };
const PROMTOOL = { name: "promtool", debianPackage: "prometheus" };

Deno.test("planInstall installs as root with apt-get, and else tells and fails only in CI", () => {
  const machine = { root: true, apt: true, ci: true };
  const missing = [PROMETHEUS, PROMTOOL, KNOT];
  assertEquals(planInstall([], machine), { kind: "complete" });
  assertEquals(planInstall(missing, machine), {
    kind: "install",
    packages: ["knot", "prometheus"],
  });
  const message = "Some tests will fail: they start prometheus, promtool, knotd, not found here. " +
    "Install the Debian packages: knot prometheus";
  const without = [{ ...machine, root: false }, { ...machine, apt: false }];
  for (const each of without) {
    assertEquals(planInstall(missing, each), { kind: "tell", message, exitCode: 1 });
    const atHome = { ...each, ci: false };
    assertEquals(planInstall(missing, atHome), { kind: "tell", message, exitCode: 0 });
  }
});

Deno.test("findBinary finds a program, and null for none", () => {
  assertEquals(findBinary("sh")?.endsWith("/sh"), true);
  assertEquals(findBinary("no-such-program"), null);
});

Deno.test("requireBinary names the Debian package of a program that is missing", () => {
  const path = Deno.env.get("PATH");
  try {
    Deno.env.set("PATH", "/nowhere");
    // Not in the folders of daemons either.
    assertThrows(
      () => requireBinary("promtool" satisfies BinaryName),
      Error,
      "Cannot start promtool: it must be installed. Run 'apt-get install prometheus'",
    );
  } finally {
    if (path !== undefined) Deno.env.set("PATH", path);
  }
});
