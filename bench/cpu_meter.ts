import process from "node:process";

/**
 * Measures processor time of this process, all threads together, so that neither other processes nor
 * waiting count, and garbage collection does.
 */
export class CpuMeter {
  #aside = 0;

  /** Does work that is not to be counted. */
  aside<T>(work: () => T): T {
    const before = processorMs();
    try {
      return work();
    } finally {
      this.#aside += processorMs() - before;
    }
  }

  /** The milliseconds that `work` took, less what it did aside. */
  async measure(work: () => Promise<void>): Promise<number> {
    const [before, asideBefore] = [processorMs(), this.#aside];
    await work();
    return processorMs() - before - (this.#aside - asideBefore);
  }
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
