import type { Hono } from "hono";
import { createApp } from "./http/app.ts";
import { ipKey } from "./http/limit_keys.ts";
import type { OpsEnv } from "./http/ops_env.ts";
import { rateLimit } from "./http/rate_limit.ts";
import type { Runtime } from "./runtime.ts";

/** Makes the app of the application's port: the intake, behind the limit that is configured. */
export function composeApp(runtime: Runtime): Hono<OpsEnv> {
  const { intakeLimit, trustedProxies } = runtime.config;
  const takeEvents = (request: Request) => runtime.takeEvents(request);
  if (intakeLimit === null) return createApp({ takeEvents });
  const limiter = runtime.createLimiter({ name: "intake", limits: [intakeLimit] });
  return createApp({ takeEvents, guard: rateLimit({ limiter, key: ipKey({ trustedProxies }) }) });
}
