import { nearestName } from "../config/nearest_name.ts";
import type { CounterFamily } from "../metrics/counter.ts";
import type { Registry } from "../metrics/registry.ts";
import type { Bus } from "../telemetry/bus.ts";
import { checkEvent, type EventSchema } from "./event_schema.ts";
import type { IntakeItem } from "./intake_body.ts";

/** A name that is longer is no misspelling of an event's. */
const NAME_LENGTH_MAX = 200;

/** What became of one event. */
export type IntakeAnswer =
  | {
    readonly accepted: true;
    /** Keys that the event does not know, which were left out. */
    readonly ignored?: readonly string[];
  }
  | { readonly accepted: false; readonly reason: string };

/** What an intake works with. */
export interface IntakeOptions {
  readonly bus: Bus;
  /** What each event may carry, by its full name. */
  readonly events: ReadonlyMap<string, EventSchema>;
  readonly registry: Registry;
}

/** Registers what an intake counts. */
export function registerIntakeEvents(registry: Registry): CounterFamily<"outcome"> {
  return registry.counter({
    name: "muster_intake_events_total",
    help: "Events from outside the process: accepted, or rejected because they were wrong.",
    labels: ["outcome"],
    values: { outcome: ["accepted", "rejected"] },
  });
}

/** Takes events from outside the process: checks each, emits those that are right, and says why not. */
export class Intake {
  readonly #bus: Bus;
  readonly #schemas: ReadonlyMap<string, EventSchema>;
  readonly #events: CounterFamily<"outcome">;

  constructor({ bus, events, registry }: IntakeOptions) {
    this.#bus = bus;
    this.#schemas = events;
    this.#events = registerIntakeEvents(registry);
  }

  /** Takes events in their order; the answers are in the same. */
  take(items: readonly IntakeItem[]): IntakeAnswer[] {
    return items.map((item) => {
      const answer = item.kind === "problem" ? rejected(item.problem) : this.#takeOne(item.value);
      this.#events.inc({ outcome: answer.accepted ? "accepted" : "rejected" });
      return answer;
    });
  }

  #takeOne(value: unknown): IntakeAnswer {
    if (!isObject(value)) return rejected("an event must be an object");
    const { name, measurements = {}, metadata = {}, ...rest } = value;
    if (typeof name !== "string") return rejected("name must be the name of an event");
    const schema = this.#schemas.get(name);
    if (schema === undefined) return rejected(this.#unknown(name));
    if (!isObject(measurements)) return rejected("measurements must be an object");
    if (!isObject(metadata)) return rejected("metadata must be an object");
    const checked = checkEvent(schema, { measurements, metadata, others: Object.keys(rest) });
    if (checked.kind === "refused") return rejected(checked.reason);
    this.#bus.emit(name, checked.measurements, checked.metadata);
    const { ignored } = checked;
    return ignored.length === 0 ? ACCEPTED : { accepted: true, ignored };
  }

  #unknown(name: string): string {
    if (name.length > NAME_LENGTH_MAX) return "name must be the name of an event";
    const nearest = nearestName(name, this.#schemas.keys());
    const hint = nearest === undefined ? "" : `: did you mean ${nearest}?`;
    return `no plugin has an event ${JSON.stringify(name)}${hint}`;
  }
}

const ACCEPTED: IntakeAnswer = { accepted: true };

function rejected(reason: string): IntakeAnswer {
  return { accepted: false, reason };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
