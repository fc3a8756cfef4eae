import { assertEquals } from "@std/assert";
import { healthRoutes } from "../../src/http/health_routes.ts";

Deno.test("GET /healthz answers 200 whatever the readiness, GET /readyz by it and with its reason", async () => {
  for (const [ready, status] of [[true, 200], [false, 503]] as const) {
    const app = healthRoutes(() => ({ ready, reason: "waiting for a first peer" }));
    assertEquals((await app.request("/healthz")).status, 200);
    const response = await app.request("/readyz");
    assertEquals([response.status, await response.text()], [status, "waiting for a first peer\n"]);
  }
});
