import type { Clock } from "../io/clock.ts";
import type { Pacer } from "./pacer.ts";

/** Bytes that a reader may be behind the fastest one. */
const LAG_BYTES_MAX = 33_554_432;
/** Bytes that are made before a reader asks for them. */
const AHEAD_BYTES = 262_144;

/** How a reader's body ended. */
export type BodyEnd = "sent" | "cancelled" | "failed" | "too_slow";

/** What a body is made with. */
export interface SharedBodyOptions {
  /** The body; taken piece by piece, as readers want it. Empty pieces are not sent. */
  readonly chunks: Iterator<Uint8Array<ArrayBuffer>, void>;
  readonly clock: Clock;
  readonly pacer: Pacer;
  /** How long a reader may take for the whole body. */
  readonly readMsMax: number;
}

interface Reader {
  readonly controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  readonly end: (how: BodyEnd) => void;
}

/**
 * A body that is made once, while it is being read, for all that read it. The fastest reader sets the
 * pace; one that falls far behind it, or takes too long, is cut off.
 */
export class SharedBody {
  readonly #options: SharedBodyOptions;
  readonly #readers = new Set<Reader>();
  #state: "new" | "starting" | "begun" = "new";
  #wake: () => void = () => {};

  constructor(options: SharedBodyOptions) {
    this.#options = options;
  }

  /** Whether a further reader still gets all of it. */
  get isJoinable(): boolean {
    return this.#state !== "begun";
  }

  /** One more reader. `onEnd` is called once. */
  open(onEnd: (how: BodyEnd) => void): ReadableStream<Uint8Array<ArrayBuffer>> {
    if (!this.isJoinable) throw new TypeError("BUG: a body was joined that had begun");
    const { clock, readMsMax } = this.#options;
    let reader: Reader;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        const cancelTimer = clock.after(readMsMax, () => {
          const seconds = readMsMax / 1000;
          this.#cutOff(reader, `it must be read within ${seconds} s`);
        });
        const end = (how: BodyEnd) => {
          cancelTimer();
          if (this.#readers.delete(reader)) onEnd(how);
          this.#wake();
        };
        reader = { controller, end };
        this.#readers.add(reader);
      },
      pull: () => {
        if (this.#state === "new") void this.#run();
        else this.#wake();
      },
      cancel: () => reader.end("cancelled"),
    }, new ByteLengthQueuingStrategy({ highWaterMark: AHEAD_BYTES }));
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { chunks, pacer } = this.#options;
    this.#state = "starting";
    // Whoever waited for the same answer joins in this turn of the event loop.
    await pacer.pause();
    this.#state = "begun";
    try {
      while (await this.#isWanted()) {
        const pause = pacer.turn();
        if (pause !== null) await pause;
        const { done, value } = chunks.next();
        if (done) return await this.#close();
        if (value.length > 0) this.#send(value);
      }
      chunks.return?.();
    } catch (error) {
      for (const { controller, end } of [...this.#readers]) {
        controller.error(error);
        end("failed");
      }
    }
  }

  /** Waits until a reader wants more; false if all are gone. */
  async #isWanted(): Promise<boolean> {
    while (this.#readers.size > 0) {
      for (const { controller } of this.#readers) if (controller.desiredSize! > 0) return true;
      await this.#change();
    }
    return false;
  }

  #send(chunk: Uint8Array<ArrayBuffer>): void {
    for (const reader of [...this.#readers]) {
      reader.controller.enqueue(chunk);
      if (AHEAD_BYTES - reader.controller.desiredSize! <= LAG_BYTES_MAX) continue;
      this.#cutOff(reader, `it must not be read ${LAG_BYTES_MAX} bytes behind another reader`);
    }
  }

  /** Waits until each reader has read everything. */
  async #close(): Promise<void> {
    while (this.#readers.size > 0) {
      for (const { controller, end } of [...this.#readers]) {
        if (controller.desiredSize !== AHEAD_BYTES) continue;
        controller.close();
        end("sent");
      }
      if (this.#readers.size > 0) await this.#change();
    }
  }

  /** Resolves when a reader has read something, or is gone. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  #cutOff({ controller, end }: Reader, rule: string): void {
    controller.error(new DOMException(`Cannot send the body: ${rule}.`, "TimeoutError"));
    end("too_slow");
  }
}
