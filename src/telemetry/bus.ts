import { errorText } from "../io/error_text.ts";
import { type LogSink, unfailing } from "../io/log.ts";
import { isThenable } from "../metrics/thenable.ts";
import { measureSpan } from "./span.ts";

/** The numbers of an event, such as `{ duration_ms: 12.5 }`. The unit is in the key. */
export type Measurements = Readonly<Record<string, number>>;

/** What else is known of an event, such as `{ plan: "pro" }`; mostly what becomes labels. */
export type Metadata = Readonly<Record<string, unknown>>;

/** Called at once, in the emitter's own stack, so it must be quick and must not block. */
export type EventHandler = (name: string, measurements: Measurements, metadata: Metadata) => void;

/** Handlers that may be attached at once. */
export const HANDLERS_MAX = 1_000;
/** Event names whose handlers are remembered; further names are looked up again each time. */
export const ROUTES_MAX = 4_096;
/** Emits within handlers within emits; a handler that goes deeper counts as failed. */
export const EMIT_DEPTH_MAX = 32;

/** Carries events from the code where they happen to the plugins that measure them. */
export interface Bus {
  /**
   * Tells all handlers of `name`, in the order they were attached. Never throws, and costs next to
   * nothing if nobody listens; {@link isListening} also saves making the two objects.
   */
  emit(name: string, measurements: Measurements, metadata?: Metadata): void;
  /** Whether an event called `name` would reach anybody. */
  isListening(name: string): boolean;
  /**
   * Calls `handler` for the event `name`, for all below a name (`billing.*`), or for all (`*`), until
   * the returned function is called. A handler that throws, or returns a promise that rejects, is
   * detached for good, counted and logged once: telemetry must not break what it observes.
   *
   * @throws {TypeError} if the name is no text, or the handler no function.
   * @throws {RangeError} at {@link HANDLERS_MAX} handlers: somebody attaches without detaching.
   */
  attach(name: string, handler: EventHandler): () => void;
  /** Detaches a handler from the name it was attached to, and returns whether it was there. */
  detach(name: string, handler: EventHandler): boolean;
  /**
   * Measures `work`, or the promise it returns: emits `<name>.start`, and then `<name>.stop`, or
   * `<name>.exception` if it fails, which the caller gets to see all the same. Both carry how long it
   * took, `duration_ms`; an exception also has the metadata `error`, the name of its class.
   */
  span<T>(name: string, metadata: Metadata, work: () => T): T;
  /** Handlers detached because they failed. */
  readonly handlerFailures: number;
}

interface Attachment {
  readonly pattern: string;
  readonly handler: EventHandler;
  attached: boolean;
}

const NOBODY: readonly Attachment[] = [];
const NO_METADATA: Metadata = Object.freeze({});

/**
 * A bus of its own: two buses share nothing. `log` learns of failing handlers; `nowMs` never goes back.
 * Default: a clock that stands at 0.
 */
export function createBus(log: LogSink, nowMs: () => number = () => 0): Bus {
  return new EventBus(log, nowMs);
}

class EventBus implements Bus {
  readonly #log: LogSink;
  readonly #nowMs: () => number;
  /** Replaced, never changed, so that an emit under way keeps walking the list it began with. */
  #attachments: readonly Attachment[] = [];
  readonly #routes = new Map<string, readonly Attachment[]>();
  #handlerFailures = 0;
  #emitDepth = 0;

  constructor(log: LogSink, nowMs: () => number) {
    this.#log = unfailing(log);
    this.#nowMs = nowMs;
  }

  get handlerFailures(): number {
    return this.#handlerFailures;
  }

  emit(name: string, measurements: Measurements, metadata: Metadata = NO_METADATA): void {
    if (this.#attachments.length === 0) return;
    const route = this.#routes.get(name) ?? this.#findRoute(name);
    if (route.length === 0) return;
    // Only a handler can be this deep, so what is thrown here is caught in the call of that handler.
    if (this.#emitDepth >= EMIT_DEPTH_MAX) throw tooDeep(name);
    this.#emitDepth++;
    try {
      for (let i = 0; i < route.length; i++) {
        const attachment = route[i]!;
        // A handler earlier in this list may have detached it.
        if (attachment.attached) this.#call(attachment, name, measurements, metadata);
      }
    } finally {
      this.#emitDepth--;
    }
  }

  isListening(name: string): boolean {
    if (this.#attachments.length === 0) return false;
    return (this.#routes.get(name) ?? this.#findRoute(name)).length > 0;
  }

  attach(pattern: string, handler: EventHandler): () => void {
    if (typeof pattern !== "string" || pattern === "") {
      const received = typeof pattern === "string" ? "an empty one" : typeof pattern;
      refuse("a handler", "the event's name must be a string such as billing.*", received);
    }
    if (typeof handler !== "function") {
      refuse(`a handler to ${JSON.stringify(pattern)}`, "it must be a function", typeof handler);
    }
    if (this.#attachments.length >= HANDLERS_MAX) {
      throw new RangeError(
        `Cannot attach a handler to ${JSON.stringify(pattern)}: handlers must be at most ` +
          `${HANDLERS_MAX}: call the function that attach returned when a handler is done`,
      );
    }
    const attachment: Attachment = { pattern, handler, attached: true };
    this.#attachments = [...this.#attachments, attachment];
    this.#routes.clear();
    return () => this.#detach(attachment);
  }

  detach(pattern: string, handler: EventHandler): boolean {
    const found = this.#attachments.find((one) =>
      one.pattern === pattern && one.handler === handler
    );
    if (found !== undefined) this.#detach(found);
    return found !== undefined;
  }

  span<T>(name: string, metadata: Metadata, work: () => T): T {
    if (this.#attachments.length === 0) return work();
    return measureSpan(this, this.#nowMs, name, metadata, work);
  }

  #call(attachment: Attachment, name: string, measurements: Measurements, metadata: Metadata) {
    try {
      const result: unknown = attachment.handler(name, measurements, metadata);
      // An async function passes as a handler; its rejection would end the process.
      if (isThenable(result)) {
        Promise.resolve(result).catch((error: unknown) => this.#fail(attachment, name, error));
      }
    } catch (error) {
      this.#fail(attachment, name, error);
    }
  }

  #fail(attachment: Attachment, event: string, error: unknown): void {
    // A handler that failed can fail again: several promises, or an emit within its own emit.
    if (!attachment.attached) return;
    this.#detach(attachment);
    this.#handlerFailures++;
    this.#log.log(
      "error",
      `A telemetry handler of ${attachment.pattern} failed and is detached: ${errorText(error)}`,
      { event, pattern: attachment.pattern, error },
    );
  }

  #detach(attachment: Attachment): void {
    if (!attachment.attached) return;
    attachment.attached = false;
    this.#attachments = this.#attachments.filter((one) => one !== attachment);
    this.#routes.clear();
  }

  #findRoute(name: string): readonly Attachment[] {
    // Whoever emits without types may give no name: nobody hears of that.
    if (typeof name !== "string") return NOBODY;
    const route = this.#attachments.filter(({ pattern }) => matches(pattern, name));
    if (this.#routes.size < ROUTES_MAX) this.#routes.set(name, route);
    return route;
  }
}

function matches(pattern: string, name: string): boolean {
  if (pattern === "*" || pattern === name) return true;
  return pattern.endsWith(".*") && name.startsWith(pattern.slice(0, -1));
}

function tooDeep(name: string): RangeError {
  return new RangeError(
    `Cannot emit ${
      JSON.stringify(name)
    }: emits within handlers must be at most ${EMIT_DEPTH_MAX} ` +
      "deep: a handler emits the event that it handles",
  );
}

function refuse(what: string, rule: string, received: string): never {
  throw new TypeError(`Cannot attach ${what}: ${rule}: received ${received}`);
}
