import { type Context, Hono } from "hono";
import type { Clock } from "../io/clock.ts";
import type { Intake } from "../plugins/intake.ts";
import { parseEventLines, parseJsonEvents } from "../plugins/intake_body.ts";
import { type AuthPolicy, requireAuth } from "./auth.ts";
import { readLimitedBody } from "./limited_body.ts";
import { rethrow } from "./rethrow.ts";

/** Bytes that one request may have. */
export const INTAKE_BYTES_MAX = 1_048_576;
/** In which a caller has to send them. */
const BODY_TIMEOUT_MS = 10_000;

const LINES_TYPE = /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines)\b/i;

/** What the intake works with. */
export interface IntakeHandlerOptions {
  /** Null where metrics are switched off. */
  readonly intake: Intake | null;
  readonly auth: AuthPolicy;
  readonly clock: Clock;
}

/** Takes the events of a request, and answers. */
export type IntakeHandler = (request: Request) => Promise<Response>;

/**
 * Takes one event or many from who may bring them, and answers for each whether it was right. Rejects
 * with a `TypeError` if the body was read before.
 */
export function intakeHandler({ intake, auth, clock }: IntakeHandlerOptions): IntakeHandler {
  const app = new Hono();
  app.use(requireAuth(auth));
  app.post("*", (context) => intake === null ? switchedOff(context) : take(context, intake, clock));
  app.notFound((context) => context.text("Events are taken by POST.\n", 405, { allow: "POST" }));
  app.onError(rethrow);
  return async (request) => await app.fetch(request);
}

async function switchedOff(context: Context): Promise<Response> {
  await context.req.raw.body?.cancel();
  const sentence = "No events are taken: metrics are switched off (ENABLE_PROMETHEUS_METRICS).\n";
  return context.text(sentence, 404);
}

async function take(context: Context, intake: Intake, clock: Clock): Promise<Response> {
  if (context.req.raw.bodyUsed) {
    throw new TypeError(
      "Cannot take events: the body of the request must not have been read before, as by a middleware",
    );
  }
  if ((context.req.header("content-encoding") ?? "identity") !== "identity") {
    await context.req.raw.body?.cancel();
    return context.text("The body must not be compressed.\n", 415);
  }
  const body = await readLimitedBody(context.req.raw, INTAKE_BYTES_MAX, BODY_TIMEOUT_MS, clock);
  switch (body.kind) {
    case "too_large":
      return context.text(`The body must be at most ${INTAKE_BYTES_MAX} bytes.\n`, 413);
    case "too_slow":
      return context.text(`The body must arrive within ${BODY_TIMEOUT_MS / 1000} s.\n`, 408);
    case "broken":
      return context.text("The body did not arrive whole.\n", 400);
  }
  const text = decoded(body.bytes);
  if (text === null) return context.text("Cannot read the body: it must be UTF-8.\n", 400);
  const isLines = LINES_TYPE.test(context.req.header("content-type") ?? "");
  const parsed = isLines ? parseEventLines(text) : parseJsonEvents(text);
  if (parsed.kind === "wrong") {
    return context.text(`Cannot read the body: ${parsed.reason}.\n`, 400);
  }
  const events = intake.take(parsed.items);
  const accepted = events.filter((event) => event.accepted).length;
  const answer = { accepted, rejected: events.length - accepted, events };
  return context.json(answer, accepted > 0 ? 200 : 422);
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
