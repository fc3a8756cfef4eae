import { type Clock, systemClock } from "../io/clock.ts";
import type { Bus, Measurements } from "../telemetry/bus.ts";
import { guarded, type Telemetry } from "./adapter_guard.ts";
import { OTHER_NAME } from "./bounded_names.ts";
import { closeCode } from "./close_code.ts";
import { messageBytes } from "./message_size.ts";
import { type AnyFunction, replaceFunction } from "./replaced_function.ts";

/** How a WebSocket is measured. */
export interface SocketOptions {
  /** What it is for, in labels: `chat`, not the path or the room. */
  readonly socket: string;
  /** The event that a message is, one of `events`. Default: every message is `message`. */
  readonly eventOf?: (data: unknown) => string;
  /** The events that there are; whatever else `eventOf` gives is `_other`. Default: `message` alone. */
  readonly events?: readonly string[];
  /** Default: the clock of this process. */
  readonly clock?: Clock;
}

/** The handlers of one WebSocket, as those of Hono's helper for any runtime are. */
export interface SocketHandlers {
  /** It is open. */
  // deno-lint-ignore no-explicit-any -- events and contexts of any runtime
  onOpen?: (event: any, context: any) => void;
  /** A message came. */
  // deno-lint-ignore no-explicit-any -- likewise
  onMessage?: (event: any, context: any) => void;
  /** It is closed. */
  // deno-lint-ignore no-explicit-any -- likewise
  onClose?: (event: any, context: any) => void;
  /** It failed. */
  // deno-lint-ignore no-explicit-any -- likewise
  onError?: (event: any, context: any) => void;
}

/**
 * Handlers for Hono's `upgradeWebSocket` that do what the given ones do and are measured for the plugin
 * `websocket`: time to open, open connections and how long they last, messages in both directions and
 * their bytes, how long each was handled, and what handlers threw. Call it once for each connection,
 * where its handlers are made.
 *
 * @example
 * ```ts
 * import { measureSocket, startMuster } from "@muster/muster";
 * import { Hono } from "hono";
 * import { upgradeWebSocket } from "hono/deno";
 *
 * await using muster = await startMuster({
 *   settings: { METRICS_PORT: "0", METRICS_LISTEN_HOST: "127.0.0.1" },
 * });
 * const echo = upgradeWebSocket(() =>
 *   measureSocket(muster, { socket: "echo" }, {
 *     onMessage: (event, socket) => socket.send(String(event.data)),
 *   })
 * );
 * new Hono().get("/echo", echo);
 * ```
 */
export function measureSocket<H extends SocketHandlers>(
  { bus }: Telemetry,
  options: SocketOptions,
  handlers: H,
): H {
  const measured = new MeasuredSocket(bus, options);
  const { onOpen, onMessage, onClose, onError } = handlers;
  const all: Required<SocketHandlers> = {
    // These two are measured although nobody handles them: each connection opens and closes.
    onOpen(event, context) {
      measured.opened(context);
      if (onOpen) return measured.handle("_open", () => onOpen.call(handlers, event, context));
    },
    onClose(event, context) {
      measured.closed(event.code);
      if (onClose) return measured.handle("_close", () => onClose.call(handlers, event, context));
    },
    onMessage(event, context) {
      const name = measured.received(event.data);
      if (onMessage) return measured.handle(name, () => onMessage.call(handlers, event, context));
    },
    onError(event, context) {
      if (onError) return measured.handle("_error", () => onError.call(handlers, event, context));
    },
  };
  return { ...handlers, ...all };
}

/** A join that is measured: of a channel, a room or a topic over a connection that is open. */
export interface JoinLabels {
  /** As in {@linkcode SocketOptions}. */
  readonly socket: string;
  /** What kind of thing was joined, such as `room`, not which one. */
  readonly channel: string;
}

/**
 * Does what joins a channel over a WebSocket, and measures it for the plugin `websocket`: how long it
 * took, and whether it was let in, which means that `join`, or the promise it returns, did not fail.
 *
 * @example
 * ```ts
 * import { measureJoin, startMuster } from "@muster/muster";
 *
 * await using muster = await startMuster({
 *   settings: { METRICS_PORT: "0", METRICS_LISTEN_HOST: "127.0.0.1" },
 * });
 * const rooms = new Set<string>();
 * measureJoin(muster, { socket: "chat", channel: "room" }, () => rooms.add("lobby"));
 * ```
 */
export function measureJoin<T>({ bus }: Telemetry, labels: JoinLabels, join: () => T): T {
  return bus.span("websocket.join", { ...labels }, join);
}

class MeasuredSocket {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #socket: string;
  readonly #eventOf: (data: unknown) => string;
  readonly #events: ReadonlySet<string>;
  readonly #madeAtMs: number;
  #openedAtMs: number | null = null;
  #isClosed = false;

  constructor(bus: Bus, options: SocketOptions) {
    const { socket, eventOf = () => "message", events = ["message"], clock = systemClock } =
      options;
    this.#bus = bus;
    this.#clock = clock;
    this.#socket = socket;
    this.#eventOf = eventOf;
    this.#events = new Set(events);
    this.#madeAtMs = clock.nowMs();
  }

  opened(context: { send: AnyFunction }): void {
    this.#openedAtMs = this.#clock.nowMs();
    const measured = { connect_ms: this.#openedAtMs - this.#madeAtMs };
    this.#bus.emit("websocket.open", measured, { socket: this.#socket, result: "ok" });
    guarded(this.#bus, "websocket", () => {
      replaceFunction(context, "send", (send) => (data: unknown, ...rest: unknown[]) => {
        send.call(context, data, ...rest);
        this.#message("out", data);
      });
    });
  }

  closed(code: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const nowMs = this.#clock.nowMs();
    if (this.#openedAtMs === null) {
      const measured = { connect_ms: nowMs - this.#madeAtMs };
      this.#bus.emit("websocket.open", measured, { socket: this.#socket, result: "error" });
    } else {
      const measured = { duration_ms: nowMs - this.#openedAtMs };
      this.#bus.emit("websocket.close", measured, { socket: this.#socket, code: closeCode(code) });
    }
  }

  /** Counts a message, and gives the event that it is. */
  received(data: unknown): string {
    this.#message("in", data);
    let event = OTHER_NAME;
    guarded(this.#bus, "websocket", () => {
      const name = this.#eventOf(data);
      if (this.#events.has(name)) event = name;
    });
    return event;
  }

  handle<T>(event: string, work: () => T): T {
    return this.#bus.span("websocket.handle", { socket: this.#socket, event }, work);
  }

  #message(direction: "in" | "out", data: unknown): void {
    guarded(this.#bus, "websocket", () => {
      const bytes = messageBytes(data);
      const measured: Measurements = bytes === undefined ? { count: 1 } : { count: 1, bytes };
      this.#bus.emit("websocket.message", measured, { socket: this.#socket, direction });
    });
  }
}
