import { systemClock } from "../../src/io/clock.ts";
import { type Fleet, pass } from "./fleet.ts";

/** What happens to a fleet, and how many pods it begins with. */
export interface Scenario {
  readonly pods: number;
  readonly steps: readonly Step[];
}

/** One thing that happens. */
export interface Step {
  readonly what: string;
  readonly run: (fleet: Fleet) => Promise<void>;
}

/** Between two steps, so that each is seen by scrapes of its own. */
const PAUSE_MS = 3_000;

const deployment: Step = {
  what: "a rolling restart under new names and addresses",
  run: (fleet) => fleet.rollDeployment(),
};
const statefulSet: Step = {
  what: "a rolling restart under the same names and addresses",
  run: (fleet) => fleet.rollStatefulSet(),
};
const crash: Step = {
  what: "SIGKILL of a pod that is restarted at its address",
  run: (fleet) => fleet.crash(fleet.names.at(-1)!),
};
const loss: Step = {
  what: "SIGKILL of a pod whose place another one takes",
  run: (fleet) => fleet.lose(fleet.names[0]!),
};
const freeze = (seconds: number): Step => ({
  what: `SIGSTOP of a pod for ${seconds} s`,
  run: (fleet) => fleet.freeze(fleet.names[1]!, seconds * 1000),
});
const scale = (from: number, to: number): Step => ({
  what: `scaling from ${from} to ${to}`,
  run: async (fleet) => {
    while (fleet.names.length < to) await fleet.add();
    while (fleet.names.length > to) await fleet.remove(fleet.names[0]!);
  },
});

/** Five pods through everything that happens to a deployment. */
export const WHOLE: Scenario = {
  pods: 5,
  steps: [
    deployment,
    crash,
    statefulSet,
    loss,
    freeze(20),
    scale(5, 8),
    crash,
    loss,
    scale(8, 3),
    deployment,
    crash,
  ],
};

/** Three pods through the most of it that fits into a test. */
export const SHORT: Scenario = { pods: 3, steps: [deployment, crash, freeze(12)] };

/** Runs the steps one after another; `tell` gets a line for each. */
export async function play(
  { steps }: Scenario,
  fleet: Fleet,
  tell: (line: string) => void,
): Promise<void> {
  for (const { what, run } of steps) {
    const startMs = systemClock.nowMs();
    await run(fleet);
    tell(`${what}: ${((systemClock.nowMs() - startMs) / 1000).toFixed(1)} s`);
    await pass(PAUSE_MS);
  }
}
