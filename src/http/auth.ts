import type { MiddlewareHandler } from "hono";
import { secretsEqual } from "../io/secret_compare.ts";

/** Who may read the metrics. */
export type AuthPolicy =
  | { readonly kind: "none" }
  /** RFC 6750: `Authorization: Bearer <token>`. */
  | { readonly kind: "bearer"; readonly token: string }
  /** RFC 7617: `Authorization: Basic <base64 of user:password>`. */
  | { readonly kind: "basic"; readonly username: string; readonly password: string };

/** Lets a request through if it satisfies `policy`; otherwise 401 with a challenge and a sentence. */
export function requireAuth(policy: AuthPolicy): MiddlewareHandler {
  return async (context, next) => {
    const authorization = context.req.header("authorization");
    if (isAuthorized(policy, authorization)) return await next();
    return context.text(sentence(policy), 401, {
      "www-authenticate": challenge(policy, authorization !== undefined),
    });
  };
}

/** Whether the value of an `Authorization` header satisfies `policy`. A malformed one does not. */
export function isAuthorized(policy: AuthPolicy, authorization: string | undefined): boolean {
  if (policy.kind === "none") return true;
  // RFC 9110 §11.1: the scheme is case-insensitive, one or more spaces follow it.
  const [, scheme, credentials] = /^([a-z]+) +(\S+)$/i.exec(authorization ?? "") ?? [];
  if (scheme?.toLowerCase() !== policy.kind || credentials === undefined) return false;
  if (policy.kind === "bearer") return secretsEqual(credentials, policy.token);
  const pair = decodeBasic(credentials);
  if (pair === undefined) return false;
  // Both are compared always: how long it takes must not tell which one was wrong.
  const usernameEqual = secretsEqual(pair.username, policy.username);
  const passwordEqual = secretsEqual(pair.password, policy.password);
  return usernameEqual && passwordEqual;
}

function decodeBasic(
  credentials: string,
): { readonly username: string; readonly password: string } | undefined {
  try {
    const bytes = Uint8Array.fromBase64(credentials);
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    // A user name holds no colon, a password may (RFC 7617 §2).
    const colon = text.indexOf(":");
    if (colon === -1) return undefined;
    return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    return undefined;
  }
}

function challenge(policy: AuthPolicy, credentialsGiven: boolean): string {
  if (policy.kind === "basic") return 'Basic realm="muster", charset="UTF-8"';
  // RFC 6750 §3.1: no error code for a request that brought nothing.
  return credentialsGiven
    ? 'Bearer realm="muster", error="invalid_token"'
    : 'Bearer realm="muster"';
}

function sentence(policy: AuthPolicy): string {
  return policy.kind === "basic"
    ? "This page needs the user name and password of METRICS_AUTH_USERNAME and METRICS_AUTH_PASSWORD.\n"
    : "This page needs the header `Authorization: Bearer <token>` with the token of METRICS_AUTH_TOKEN.\n";
}
