import { type Clock, systemClock } from "../io/clock.ts";
import type { Bus, Measurements } from "../telemetry/bus.ts";
import { errorName } from "../telemetry/error_name.ts";
import { guarded, type Telemetry } from "./adapter_guard.ts";
import { OTHER_NAME } from "./bounded_names.ts";
import { messageBytes } from "./message_size.ts";
import { replaceFunction } from "./replaced_function.ts";

/** How a live view is measured. */
export interface LiveOptions {
  /** What it is called in labels: `board`. */
  readonly view: string;
  /** The events that its clients may send; any other one is `_other`. Default: none. */
  readonly events?: readonly string[];
  /** Default: the clock of this process. */
  readonly clock?: Clock;
}

/** What is measured of the stream that Hono's `streamSSE` hands to its callback. */
export interface LiveStream {
  /** Whether the client is gone. */
  readonly aborted: boolean;
  /** Writes a message. */
  // deno-lint-ignore no-explicit-any -- Hono's own type of a message
  writeSSE(message: any): Promise<void>;
  /** Calls back when the client is gone. */
  onAbort(listener: () => void | Promise<void>): void;
}

/**
 * A page that the server keeps up to date, measured for the plugin `live`. Its functions do the work
 * that they are given and return what it returns, now or as a promise; what it throws is counted and
 * thrown on.
 *
 * @example
 * ```ts
 * import { LiveView, startMuster } from "@muster/muster";
 * import { Hono } from "hono";
 * import { streamSSE } from "hono/streaming";
 *
 * await using muster = await startMuster({
 *   settings: { METRICS_PORT: "0", METRICS_LISTEN_HOST: "127.0.0.1" },
 * });
 * const board = new LiveView(muster, { view: "board", events: ["move"] });
 * const app = new Hono();
 * app.get("/board", (context) => context.html(board.mount(() => "<p>A board.</p>")));
 * app.post("/board/:event", (context) =>
 *   board.handle(context.req.param("event"), () => context.body(null, 204)));
 * app.get("/board/live", (context) =>
 *   streamSSE(context, board.stream(async (stream) => {
 *     await stream.writeSSE({ data: board.render("piece", () => "<b>e4</b>") });
 *   })));
 * ```
 */
export class LiveView {
  readonly #bus: Bus;
  readonly #view: string;
  readonly #events: ReadonlySet<string>;
  readonly #clock: Clock;

  /** A view whose events go to the bus of a node. */
  constructor({ bus }: Telemetry, { view, events = [], clock = systemClock }: LiveOptions) {
    this.#bus = bus;
    this.#view = view;
    this.#events = new Set(events);
    this.#clock = clock;
  }

  /** Measures what makes the view for a client: its state and its first page. */
  mount<T>(work: () => T): T {
    return this.#bus.span("live.mount", { view: this.#view }, work);
  }

  /** Measures what handles an event of a client. */
  handle<T>(event: string, work: () => T): T {
    const known = this.#events.has(event) ? event : OTHER_NAME;
    return this.#bus.span("live.event", { view: this.#view, event: known }, work);
  }

  /** Measures what renders a component; its name is the program's, never a client's. */
  render<T>(component: string, work: () => T): T {
    return this.#bus.span("live.render", { view: this.#view, component }, work);
  }

  /**
   * A callback for Hono's `streamSSE` that does what `work` does, and measures the connection, which
   * ends with `work` or when the client is gone, and each message that is written.
   */
  stream<S extends LiveStream>(work: (stream: S) => Promise<void>): (stream: S) => Promise<void> {
    return async (stream) => {
      const labels = { view: this.#view, transport: "sse" };
      const startMs = this.#clock.nowMs();
      let isOpen = true;
      const close = (result: string) => {
        if (!isOpen) return;
        isOpen = false;
        const measured = { duration_ms: this.#clock.nowMs() - startMs };
        this.#bus.emit("live.close", measured, { ...labels, result });
      };
      this.#bus.emit("live.open", { count: 1 }, labels);
      guarded(this.#bus, "sse", () => {
        stream.onAbort(() => close("aborted"));
        this.#countMessages(stream);
      });
      try {
        await work(stream);
        close("completed");
      } catch (error) {
        close("failed");
        this.#bus.emit("live.stream.exception", { count: 1 }, {
          view: this.#view,
          error: errorName(error),
        });
        throw error;
      }
    };
  }

  #countMessages(stream: LiveStream): void {
    replaceFunction(stream, "writeSSE", (write) => async (message: { readonly data?: unknown }) => {
      await write.call(stream, message);
      // A stream whose client is gone takes what is written and drops it.
      if (stream.aborted) return;
      guarded(this.#bus, "sse", () => {
        const bytes = messageBytes(message.data);
        const measured: Measurements = bytes === undefined ? { count: 1 } : { count: 1, bytes };
        this.#bus.emit("live.message", measured, { view: this.#view });
      });
    });
  }
}
