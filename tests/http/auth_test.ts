import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { Hono } from "hono";
import { type AuthPolicy, isAuthorized, requireAuth } from "../../src/http/auth.ts";

const BEARER: AuthPolicy = { kind: "bearer", token: "s3cret-token" };
const BASIC: AuthPolicy = {
  kind: "basic",
  username: "prometheus",
  password: "pässword:with:colons",
};

function get(policy: AuthPolicy, authorization?: string): Response | Promise<Response> {
  const app = new Hono();
  app.use("/metrics", requireAuth(policy));
  app.get("/metrics", (context) => context.text("samples"));
  return app.request("/metrics", {
    headers: authorization === undefined ? {} : { authorization },
  });
}

function basic(text: string): string {
  return `Basic ${new TextEncoder().encode(text).toBase64()}`;
}

Deno.test("requireAuth lets everybody in with the policy none", async () => {
  const response = await get({ kind: "none" });
  assertEquals([response.status, await response.text()], [200, "samples"]);
});

Deno.test("requireAuth lets in who brings the right credentials, in any case of the scheme", async () => {
  for (const scheme of ["Bearer", "bearer", "BEARER"]) {
    assertEquals((await get(BEARER, `${scheme} s3cret-token`)).status, 200);
  }
  const credentials = basic("prometheus:pässword:with:colons");
  assertEquals((await get(BASIC, credentials)).status, 200);
  assertEquals((await get(BASIC, credentials.replace("Basic", "bASIC"))).status, 200);
});

Deno.test("requireAuth answers 401 with a challenge and a sentence without credentials", async () => {
  const bearer = await get(BEARER);
  assertEquals(bearer.status, 401);
  assertEquals(bearer.headers.get("www-authenticate"), 'Bearer realm="muster"');
  assertStringIncludes(await bearer.text(), "METRICS_AUTH_TOKEN");
  const user = await get(BASIC);
  assertEquals(user.status, 401);
  assertEquals(user.headers.get("www-authenticate"), 'Basic realm="muster", charset="UTF-8"');
  assertStringIncludes(await user.text(), "METRICS_AUTH_PASSWORD");
});

Deno.test("requireAuth names invalid_token when a wrong token was brought", async () => {
  const response = await get(BEARER, "Bearer wrong");
  assertEquals(
    response.headers.get("www-authenticate"),
    'Bearer realm="muster", error="invalid_token"',
  );
  assert(!(await response.text()).includes("s3cret"));
});

Deno.test("requireAuth answers 401 to wrong and malformed headers, never an error", async () => {
  const headers = [
    "",
    "Bearer",
    "Bearer ",
    "Bearer s3cret-toke",
    "Bearer s3cret-token2",
    "Bearer s3cret-token s3cret-token",
    "Bearer s3cret-token, Bearer s3cret-token",
    "Basic %%%",
    "Basic ",
    basic("prometheus"),
    basic("prometheus:"),
    basic(":pässword:with:colons"),
    basic("prometheus:wrong"),
    basic("wrong:pässword:with:colons"),
    "Basic /////w==",
  ];
  for (const header of headers) {
    for (const policy of [BEARER, BASIC]) {
      assertEquals((await get(policy, header)).status, 401, `${policy.kind} ${header}`);
    }
  }
});

Deno.test("isAuthorized accepts no random header and never throws", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (header) => {
    for (const prefix of ["", "Bearer ", "Basic "]) {
      for (const policy of [BEARER, BASIC]) {
        assertEquals(isAuthorized(policy, prefix + header), false);
      }
    }
  }));
});
