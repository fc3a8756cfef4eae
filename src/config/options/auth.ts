import type { OptionTable } from "../option.ts";
import { oneOf, textLike } from "../parsers.ts";

/** Who may read the metrics. `undefined`: not set, and no default of its own. */
export interface AuthOptions {
  readonly authKind: "none" | "bearer" | "basic";
  readonly authToken: string | undefined;
  readonly authUsername: string | undefined;
  readonly authPassword: string | undefined;
}

// RFC 6750 §2.1, b64token.
const bearerToken = textLike(
  /^[A-Za-z0-9._~+/-]{1,1023}=*$/,
  "letters, digits and . _ ~ + / -, with = only at the end",
);

/** A row for each of {@linkcode AuthOptions}. */
export const AUTH_OPTIONS: OptionTable<AuthOptions> = {
  authKind: {
    env: "METRICS_AUTH",
    parse: oneOf(["none", "bearer", "basic"]),
    default: "none",
    doc: "What a reader of the metrics must prove: none, bearer (METRICS_AUTH_TOKEN) or basic " +
      "(METRICS_AUTH_USERNAME and METRICS_AUTH_PASSWORD).",
  },
  authToken: {
    env: "METRICS_AUTH_TOKEN",
    parse: bearerToken,
    default: undefined,
    secret: true,
    doc: "The token for METRICS_AUTH=bearer.",
  },
  authUsername: {
    env: "METRICS_AUTH_USERNAME",
    // RFC 7617 §2: no colon, no control character.
    parse: textLike(
      /^[^:\p{Cc}]{1,256}$/u,
      "1 to 256 characters without colon or control character",
    ),
    default: undefined,
    doc: "The user name for METRICS_AUTH=basic.",
  },
  authPassword: {
    env: "METRICS_AUTH_PASSWORD",
    parse: textLike(/^[^\p{Cc}]{1,1024}$/u, "1 to 1024 characters without control character"),
    default: undefined,
    secret: true,
    doc: "The password for METRICS_AUTH=basic.",
  },
};
