import { type Clock, sleep } from "../io/clock.ts";
import type { FileStore } from "../io/files.ts";
import type { LogSink } from "../io/log.ts";
import type { ClusterNode } from "./cluster_node.ts";
import { decodeSnapshot, snapshotInSteps } from "./ledger_snapshot.ts";

/** How often the file is written where nothing was shown meanwhile. */
const WRITE_EVERY_MS = 10_000;
/** How soon after an answer was shown. */
const WRITE_AFTER_MS = 100;
/** How long writing may hold the event loop at a time; a shard comes on top. */
const HOLD_MS_MAX = 2;
/** What is added to the name of a file that can't be used. */
export const SET_ASIDE_SUFFIX = ".set-aside";

/** What a keeper works with. */
export interface LedgerKeeperOptions {
  readonly node: ClusterNode;
  readonly clock: Clock;
  readonly files: FileStore;
  readonly path: string;
  /** A shard of the file with more cells is left out. */
  readonly cellsMax: number;
  readonly log: LogSink;
  /** Told of each attempt to write. */
  readonly onWrite?: (outcome: "written" | "failed") => void;
}

/**
 * Keeps the totals in a file, so that they go on although all nodes end at once. It is written every
 * ten seconds, soon after each merged answer, since a total that was shown must not come back lower,
 * and at the goodbye.
 */
export class LedgerKeeper {
  readonly #options: LedgerKeeperOptions;
  /** Of the file itself, links followed. */
  #path: string;
  #cancel: (() => void) | null = null;
  #isSoon = false;
  #writing: Promise<void> | null = null;
  #isStopped = false;
  #hasFailed = false;

  constructor(options: LedgerKeeperOptions) {
    this.#options = options;
    this.#path = options.path;
  }

  /**
   * Takes up the totals of the file: whoever counted them is departed now. A file that is torn, of
   * another cluster, or none of Muster's is set aside with a warning.
   *
   * @throws {Error} if there is a file and it can't be read, as it must not be written over then.
   */
  async load(): Promise<void> {
    const { node, cellsMax, log } = this.#options;
    const bytes = await this.#read();
    if (bytes === null) return;
    const path = this.#path;
    const decoded = decodeSnapshot(bytes, node.cluster, cellsMax, node.awakeMs());
    if (decoded.kind === "snapshot") {
      const { refused } = node.restore(decoded.snapshot);
      for (const reason of refused) {
        log.log("warning", `A shard of ${path} was left out: ${reason}.`, { path });
      }
      return;
    }
    const aside = `${path}${SET_ASIDE_SUFFIX}`;
    await this.#options.files.rename(path, aside);
    log.log(
      "warning",
      `Cannot use the totals in LEDGER_FILE: ${decoded.reason}. The file is kept as ${aside}, and ` +
        `totals begin without it.`,
      { path },
    );
  }

  async #read(): Promise<Uint8Array | null> {
    const { files, path } = this.#options;
    try {
      this.#path = await files.follow(path);
      return await files.read(this.#path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      throw new Error(
        `Cannot read the totals in LEDGER_FILE: ${path} must be a regular file that this process can ` +
          `read, or not be there: ${reason}. Without LEDGER_FILE no totals are kept.`,
        { cause: error },
      );
    }
  }

  /** Begins to write the file. */
  start(): void {
    this.#schedule(WRITE_EVERY_MS);
  }

  /** A merged answer was shown: what is in it has to be in the file soon. */
  noteShown(): void {
    if (this.#isSoon || this.#isStopped) return;
    this.#isSoon = true;
    this.#schedule(WRITE_AFTER_MS);
  }

  /** Writes the file a last time, and no more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#writing;
    await this.#write();
  }

  #schedule(delayMs: number): void {
    this.#cancel?.();
    if (this.#isStopped) return;
    this.#cancel = this.#options.clock.after(delayMs, () => {
      // What is shown from here on is not in this snapshot.
      this.#isSoon = false;
      this.#writing = (this.#writing ?? Promise.resolve())
        .then(() => this.#write())
        .finally(() => {
          this.#writing = null;
          if (!this.#isSoon) this.#schedule(WRITE_EVERY_MS);
        });
    });
  }

  async #write(): Promise<void> {
    const { files, log, onWrite } = this.#options;
    const path = this.#path;
    try {
      await files.replace(path, await this.#snapshot());
      this.#hasFailed = false;
      onWrite?.("written");
    } catch (error) {
      onWrite?.("failed");
      // It fails again and again then: one line says enough.
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      log.log("error", `Cannot write the totals to LEDGER_FILE ${path}: ${error}`, { path });
    }
  }

  async #snapshot(): Promise<Uint8Array> {
    const { node, clock } = this.#options;
    const steps = snapshotInSteps(node.state, node.cluster, node.awakeMs());
    let sinceMs = clock.nowMs();
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (clock.nowMs() - sinceMs < HOLD_MS_MAX) continue;
      await sleep(clock, 0);
      sinceMs = clock.nowMs();
    }
  }
}
