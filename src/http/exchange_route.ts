import { Hono } from "hono";
import { addressAccess, type KnownAddresses } from "../cluster/access.ts";
import { parseAddress } from "../cluster/address.ts";
import type { ClusterMetrics } from "../cluster/cluster_metrics.ts";
import type { ClusterNode } from "../cluster/cluster_node.ts";
import type { Discovery } from "../cluster/discovery_view.ts";
import { isGone } from "../cluster/member.ts";
import { EXCHANGE_PATH, REFUSAL_HEADER, type RefusalCode } from "../cluster/peer_link.ts";
import { receive } from "../cluster/receiver.ts";
import { MESSAGE_MEDIA_TYPE } from "../cluster/wire/message_codec.ts";
import { type Clock, sleep } from "../io/clock.ts";
import { NonceCache } from "../io/nonce_cache.ts";
import { signAnswer, verifyRequest } from "../io/request_signature.ts";
import { readLimitedBody } from "./limited_body.ts";
import type { OpsEnv } from "./ops_env.ts";

/** How long a stranger waits for the DNS poll that it triggers. */
const STRANGER_WAIT_MS = 1_000;

/** What the exchange's route works with. */
export interface ExchangeRouteOptions {
  readonly node: ClusterNode;
  readonly discovery: Discovery;
  readonly metrics: ClusterMetrics;
  readonly clock: Clock;
  readonly secrets: readonly string[];
  readonly bodyBytesMax: number;
  /** In which a caller has to send its body. */
  readonly bodyTimeoutMs: number;
}

interface Caller {
  readonly path: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

type Admission =
  | { readonly kind: "admitted"; readonly sign: (body: Uint8Array) => Record<string, string> }
  | { readonly kind: "turned_away"; readonly reason: string };

/** `POST /cluster/exchange`: takes messages from peers and nobody else. */
export function exchangeRoute(options: ExchangeRouteOptions): Hono<OpsEnv> {
  const { node, metrics, clock, secrets, bodyBytesMax, bodyTimeoutMs } = options;
  const nonces = new NonceCache();
  const refuse = (status: number, code: RefusalCode, reason: string): Response => {
    metrics.rejected.inc({ reason: code });
    metrics.exchanges.inc({ direction: "in", outcome: "refused" });
    return new Response(`${reason}\n`, { status, headers: { [REFUSAL_HEADER]: code } });
  };
  return new Hono<OpsEnv>().post(EXCHANGE_PATH, async (context) => {
    const ip = context.env.remoteIp;
    if (secrets.length === 0 && !await isAddressAllowed(options, ip)) {
      // Nobody keeps what a stranger sends.
      await context.req.raw.body?.cancel();
      const reason =
        `Cannot take the exchange from ${ip}: without CLUSTER_SECRET only addresses that ` +
        `discovery lists, or where a member was heard, may ask.`;
      return refuse(403, "stranger", reason);
    }
    const read = await readLimitedBody(context.req.raw, bodyBytesMax, bodyTimeoutMs, clock);
    if (read.kind === "too_large") {
      const reason = `Cannot take the exchange: the body must be at most ${bodyBytesMax} bytes ` +
        `(CLUSTER_EXCHANGE_BODY_BYTES_MAX).`;
      return refuse(413, "too_large", reason);
    }
    if (read.kind !== "body") {
      return refuse(400, "malformed", "Cannot take the exchange: the body did not arrive whole.");
    }
    metrics.exchangeBytes.inc({ direction: "in" }, read.bytes.length);
    const caller = {
      path: context.req.path,
      headers: context.req.raw.headers,
      body: read.bytes,
    };
    const admission = admit(options, nonces, caller);
    if (admission.kind === "turned_away") return refuse(401, "signature", admission.reason);
    const reception = receive(node, read.bytes, ip);
    if (reception.kind === "refusal") {
      return refuse(reception.status, reception.code, reception.reason);
    }
    metrics.exchanges.inc({ direction: "in", outcome: "answered" });
    metrics.exchangeBytes.inc({ direction: "out" }, reception.body.length);
    return new Response(reception.body, {
      headers: { "content-type": MESSAGE_MEDIA_TYPE, ...admission.sign(reception.body) },
    });
  });
}

function admit(
  { secrets, clock }: ExchangeRouteOptions,
  nonces: NonceCache,
  caller: Caller,
): Admission {
  if (secrets.length === 0) return { kind: "admitted", sign: () => ({}) };
  const request = { method: "POST", path: caller.path, body: caller.body };
  const verdict = verifyRequest(secrets, request, caller.headers, clock.wallMs(), nonces);
  if (verdict.kind === "rejected") {
    return { kind: "turned_away", reason: verdict.message };
  }
  const { secret, nonce } = verdict;
  return { kind: "admitted", sign: (body) => signAnswer(secret, { nonce, status: 200, body }) };
}

async function isAddressAllowed(
  { node, discovery, clock }: ExchangeRouteOptions,
  ip: string,
): Promise<boolean> {
  if (addressAccess(ip, knownAddresses(node)) === "allowed") return true;
  // It may be a pod so new that nobody asked DNS since. A name server that is away must not keep the
  // callers waiting, though.
  const enough = new AbortController();
  const refreshed = discovery.refresh().then((view) => {
    node.discover(view);
    enough.abort();
  });
  await Promise.race([refreshed, sleep(clock, STRANGER_WAIT_MS, enough.signal)]);
  return addressAccess(ip, knownAddresses(node)) === "allowed";
}

function knownAddresses(node: ClusterNode): KnownAddresses {
  const members = node.state.roster.members.filter((member) => !isGone(member.status))
    .flatMap((member) => [...member.addresses]);
  return {
    listed: ips(node.view?.addresses ?? []),
    members: ips(members),
    own: ips([...node.ownAddresses]),
  };
}

function ips(addresses: readonly string[]): Set<string> {
  const known = new Set<string>();
  for (const address of addresses) {
    const ip = parseAddress(address)?.ip;
    if (ip !== undefined) known.add(ip);
  }
  return known;
}
