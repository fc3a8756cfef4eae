// Run before the tests: installs the programs that they start, where that is possible.
import { findBinary, NEEDED_BINARIES } from "./needed_binaries.ts";

/** What to do about programs that are missing. */
export type InstallPlan =
  | { readonly kind: "complete" }
  | { readonly kind: "install"; readonly packages: readonly string[] }
  | { readonly kind: "tell"; readonly message: string; readonly exitCode: 0 | 1 };

/** Decides from what is missing, whether apt-get can be used, and whether this is a CI run. */
export function planInstall(
  missing: readonly { readonly name: string; readonly debianPackage: string }[],
  machine: { readonly root: boolean; readonly apt: boolean; readonly ci: boolean },
): InstallPlan {
  if (missing.length === 0) return { kind: "complete" };
  const packages = [...new Set(missing.map((binary) => binary.debianPackage))].sort();
  if (machine.root && machine.apt) return { kind: "install", packages };
  const names = missing.map((binary) => binary.name).join(", ");
  return {
    kind: "tell",
    message: `Some tests will fail: they start ${names}, not found here. ` +
      `Install the Debian packages: ${packages.join(" ")}`,
    exitCode: machine.ci ? 1 : 0,
  };
}

async function aptGet(...args: readonly string[]): Promise<boolean> {
  const { success } = await new Deno.Command("apt-get", {
    args: [...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return success;
}

function findMissing(): { readonly name: string; readonly debianPackage: string }[] {
  return NEEDED_BINARIES.filter((binary) => findBinary(binary.name) === null);
}

function say(message: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${message}\n`));
}

if (import.meta.main) {
  const ci = Deno.env.get("CI") === "true";
  const machine = { root: Deno.uid() === 0, apt: findBinary("apt-get") !== null, ci };
  let plan = planInstall(findMissing(), machine);
  if (plan.kind === "install") {
    say(`Installing the Debian packages ${plan.packages.join(" ")}`);
    // A stale index is the usual cause of a failing install, so it is refreshed first.
    await aptGet("update", "-q");
    await aptGet("install", "-q", "-y", "--no-install-recommends", ...plan.packages);
    plan = planInstall(findMissing(), { ...machine, root: false });
  }
  if (plan.kind === "tell") {
    say(plan.message);
    Deno.exit(plan.exitCode);
  }
}
