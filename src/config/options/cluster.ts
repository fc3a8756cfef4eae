import type { OptionTable } from "../option.ts";
import { textLike, wholeNumber } from "../parsers.ts";

/** Who belongs together, and how nodes talk to each other. `undefined`: not set, and no default of its own. */
export interface ClusterOptions {
  readonly clusterName: string | undefined;
  readonly clusterSecret: string | undefined;
  readonly clusterSecretPrevious: string | undefined;
  readonly heartbeatMs: number;
  readonly suspectAfterMs: number;
  readonly downAfterMs: number;
  readonly exchangeTimeoutMs: number;
  readonly exchangeBodyBytesMax: number;
}

const secret = textLike(
  /^[!-+\--~]{16,1024}$/,
  "16 to 1024 printable ASCII characters without space or comma",
);

/** A row for each of {@linkcode ClusterOptions}. */
export const CLUSTER_OPTIONS: OptionTable<ClusterOptions> = {
  clusterName: {
    env: "CLUSTER_NAME",
    parse: textLike(
      /^[!-+\--~]{1,253}$/,
      "1 to 253 printable ASCII characters without space or comma",
    ),
    default: undefined,
    defaultDoc: "the completed CLUSTER_DNS_NAME, or local without DNS",
    doc: "Who belongs together: nodes that name another cluster are refused.",
  },
  clusterSecret: {
    env: "CLUSTER_SECRET",
    parse: secret,
    default: undefined,
    defaultDoc: "none: callers are judged by their address",
    secret: true,
    doc: "What the nodes sign their requests to each other with: at least 16 characters.",
  },
  clusterSecretPrevious: {
    env: "CLUSTER_SECRET_PREVIOUS",
    parse: secret,
    default: undefined,
    secret: true,
    doc:
      "The secret before CLUSTER_SECRET, valid too. Set it while pods change from one to the other.",
  },
  heartbeatMs: {
    env: "CLUSTER_HEARTBEAT_MS",
    parse: wholeNumber(50, 60_000),
    default: 1_000,
    doc: "Time from one round of exchanges to the next.",
  },
  suspectAfterMs: {
    env: "CLUSTER_SUSPECT_AFTER_MS",
    parse: wholeNumber(100, 600_000),
    default: 5_000,
    doc: "A node silent for so long is suspect. More than CLUSTER_HEARTBEAT_MS.",
  },
  downAfterMs: {
    env: "CLUSTER_DOWN_AFTER_MS",
    parse: wholeNumber(150, 3_600_000),
    default: 10_000,
    doc: "A node silent for so long is down. More than CLUSTER_SUSPECT_AFTER_MS.",
  },
  exchangeTimeoutMs: {
    env: "CLUSTER_EXCHANGE_TIMEOUT_MS",
    parse: wholeNumber(50, 60_000),
    default: 2_000,
    doc: "Time for one request from node to node.",
  },
  exchangeBodyBytesMax: {
    env: "CLUSTER_EXCHANGE_BODY_BYTES_MAX",
    parse: wholeNumber(65_536, 268_435_456),
    default: 4_194_304,
    doc: "Bytes that one message from node to node may have; what is longer is sent in pages.",
  },
};
