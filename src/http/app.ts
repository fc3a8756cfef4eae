import { Hono, type MiddlewareHandler } from "hono";
import type { IntakeHandler } from "./intake_handler.ts";
import { notFound } from "./not_found.ts";
import type { OpsEnv } from "./ops_env.ts";
import { rethrow } from "./rethrow.ts";

/** Where events are taken in. */
export const INTAKE_PATH = "/telemetry/events";

/** What the application's port serves. */
export interface AppOptions {
  readonly takeEvents: IntakeHandler;
  /** Stands before the intake, and before its authentication, such as a rate limiter. */
  readonly guard?: MiddlewareHandler<OpsEnv>;
}

/** The app of the application's port, as `deno task start` serves it. */
export function createApp({ takeEvents, guard }: AppOptions): Hono<OpsEnv> {
  const app = new Hono<OpsEnv>();
  if (guard !== undefined) app.use(INTAKE_PATH, guard);
  app.all(INTAKE_PATH, (context) => takeEvents(context.req.raw));
  app.notFound(notFound(app));
  app.onError(rethrow);
  return app;
}
