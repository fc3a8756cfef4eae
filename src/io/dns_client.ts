import { type Clock, systemClock } from "./clock.ts";
import { judgeReply } from "./dns_answer.ts";
import { type DnsAsk, type DnsExchange, formatServer } from "./dns_exchange.ts";
import type { DnsQuestion } from "./dns_message.ts";
import type { DnsFailure, DnsFailureReason, DnsOutcome } from "./dns_outcome.ts";
import { type DnsQueryType, nameProblem } from "./dns_record.ts";
import { askOverTcp } from "./dns_tcp.ts";
import { askOverUdp } from "./dns_udp.ts";
import { type Random, systemRandom } from "./random.ts";
import type { DnsServer } from "./resolv_conf.ts";

/** How the client asks; `servers`, `timeoutMs` and `attempts` are what `resolv.conf` says. */
export interface DnsClientOptions {
  /** Asked in this order; the next one only where one fails. */
  readonly servers: readonly DnsServer[];
  /** For one try at one server, over UDP and over TCP each. @default {5000} */
  readonly timeoutMs?: number;
  /** Rounds over the servers; a round asks again only those that stayed silent. @default {2} */
  readonly attempts?: number;
  /** For a whole question, all servers and rounds included. @default {30000} */
  readonly deadlineMs?: number;
  /** Answers, and as many additionals, taken from one reply; more are cut and counted. @default {10000} */
  readonly recordsMax?: number;
  /** The longest reply over TCP; DNS itself ends at 65535. @default {65535} */
  readonly tcpBytesMax?: number;
  /** @default the clock of this process */
  readonly clock?: Clock;
  /** Source of query ids. @default the randomness of the operating system */
  readonly random?: Random;
}

/** What a client did since it was made; every field only grows. */
export interface DnsClientCounts {
  /** Calls of `query`. */
  readonly questions: number;
  /** Questions that no server answered. */
  readonly failures: number;
  /** Tries that ended without a reply. */
  readonly timeouts: number;
  /** Replies over UDP that were thrown away for TCP. */
  readonly truncations: number;
  /** Datagrams and messages that did not belong to the question: stray or forged. */
  readonly ignoredReplies: number;
  /** Records beyond `recordsMax`. */
  readonly recordsCut: number;
}

/** Asks name servers. Never throws: each fate of a question is a {@link DnsOutcome}. */
export interface DnsClient {
  /** `ip:port` of the name servers, in order. */
  readonly servers: readonly string[];
  /** Live: read it again for newer counts. */
  readonly counts: DnsClientCounts;
  /** Asks for the records of `type` of the fully qualified `name`, with or without the final dot. */
  query(name: string, type: DnsQueryType, signal?: AbortSignal): Promise<DnsOutcome>;
}

/**
 * A {@link DnsClient} that asks over UDP with EDNS0 and, if the reply is truncated, over TCP. It
 * caches nothing and holds no socket between questions.
 */
export function createDnsClient(options: DnsClientOptions): DnsClient {
  const settings: Settings = {
    servers: options.servers,
    timeoutMs: options.timeoutMs ?? 5_000,
    attempts: options.attempts ?? 2,
    deadlineMs: options.deadlineMs ?? 30_000,
    recordsMax: options.recordsMax ?? 10_000,
    tcpBytesMax: options.tcpBytesMax ?? 65_535,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  };
  const counts = {
    questions: 0,
    failures: 0,
    timeouts: 0,
    truncations: 0,
    ignoredReplies: 0,
    recordsCut: 0,
  };
  return {
    servers: options.servers.map(formatServer),
    counts,
    async query(name, type, signal) {
      counts.questions++;
      const outcome = await resolve({ settings, counts, name, type, signal });
      if (outcome.kind === "failed") counts.failures++;
      if (outcome.kind === "answer") counts.recordsCut += outcome.recordsCut;
      return outcome;
    },
  };
}

type Settings = Required<DnsClientOptions>;

interface Job {
  readonly settings: Settings;
  readonly counts: { timeouts: number; truncations: number; ignoredReplies: number };
  readonly name: string;
  readonly type: DnsQueryType;
  readonly signal: AbortSignal | undefined;
}

/** Tries the servers round by round until one answers (also in the negative) or time is up. */
async function resolve(job: Job): Promise<DnsOutcome> {
  const { settings, name, type } = job;
  const problem = nameProblem(name);
  if (problem !== null) {
    const message = `Cannot look up ${type} ${JSON.stringify(name)}: ${problem}.`;
    return { kind: "failed", reason: "bad_name", message, server: null };
  }
  const deadlineAtMs = settings.clock.nowMs() + settings.deadlineMs;
  const failures = new Map<DnsServer, DnsFailure>();
  for (let round = 0; round < settings.attempts; round++) {
    for (const server of settings.servers) {
      const before = failures.get(server);
      if (before !== undefined && before.reason !== "timeout") continue;
      if (settings.clock.nowMs() >= deadlineAtMs) break;
      const outcome = await askServer(job, server, deadlineAtMs);
      if (outcome.kind !== "failed" || outcome.reason === "aborted") return outcome;
      failures.set(server, outcome);
    }
  }
  return summary([...failures.values()], name, type);
}

/** One try at one server, over UDP and, if that reply is truncated, over TCP. */
async function askServer(job: Job, server: DnsServer, deadlineAtMs: number): Promise<DnsOutcome> {
  const { settings, counts, name, type } = job;
  const question: DnsQuestion = { id: queryId(settings.random), name, type };
  const ask = (): DnsAsk => ({
    question,
    server,
    clock: settings.clock,
    timeoutMs: Math.max(0, Math.min(settings.timeoutMs, deadlineAtMs - settings.clock.nowMs())),
    recordsMax: settings.recordsMax,
    tcpBytesMax: settings.tcpBytesMax,
    signal: job.signal,
    onIgnored: () => counts.ignoredReplies++,
  });
  let result = await askOverUdp(ask());
  let transport = "";
  if (result.kind === "truncated") {
    counts.truncations++;
    transport = " over TCP";
    result = await askOverTcp(ask());
  }
  const text = formatServer(server);
  if (result.kind === "reply") return judgeReply(result.reply, name, type, text);
  if (result.kind === "timeout") counts.timeouts++;
  return {
    kind: "failed",
    reason: result.kind,
    message: `Cannot look up ${type} ${name}: ${text} ${whatHappened(result)}${transport}.`,
    server: text,
  };
}

function whatHappened(result: Exclude<DnsExchange, { kind: "reply" }>): string {
  switch (result.kind) {
    case "timeout":
      return "did not answer in time";
    case "truncated":
      return "truncated its answer";
    case "too_large":
      return "sent a longer reply than allowed";
    case "aborted":
      return "was no longer waited for";
    case "malformed":
      return `sent a malformed reply (${result.message})`;
    case "network":
      return `could not be reached (${result.message})`;
  }
}

/** The failure of the question: the last one that says more than a silence, telling all. */
function summary(failures: readonly DnsFailure[], name: string, type: DnsQueryType): DnsFailure {
  const telling = failures.findLast((failure) => failure.reason !== "timeout") ?? failures.at(-1);
  const reason: DnsFailureReason = telling?.reason ?? "timeout";
  const message = failures.length === 0
    ? `Cannot look up ${type} ${name}: there was no time, or no name server, to ask.`
    : failures.map((failure) => failure.message).join(" ");
  return { kind: "failed", reason, message, server: telling?.server ?? null };
}

function queryId(random: Random): number {
  const [high, low] = random.bytes(2);
  return high! << 8 | low!;
}
