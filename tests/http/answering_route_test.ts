import { assertEquals } from "@std/assert";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { answeringRoute } from "../../src/http/answering_route.ts";

const pass: MiddlewareHandler = async (_, next) => await next();
const routeOf = answeringRoute(({ method, path }) => `${method} ${path}`, "ALL *");
const answer = (context: Context) => context.text("answer");

/** What a middleware at the front learns of each request. */
async function routesOf(
  register: (app: Hono) => void,
  ...requests: readonly string[]
): Promise<readonly string[]> {
  const seen: string[] = [];
  const app = new Hono();
  app.use(async (context, next) => {
    seen.push(routeOf(context));
    await next();
  });
  register(app);
  for (const request of requests) {
    const [method, path] = request.split(" ") as [string, string];
    await app.request(path, { method });
  }
  return seen;
}

Deno.test("routes before a fallback for all paths are told apart, and what only it answers is its", async () => {
  const register = (app: Hono) => {
    app.get("/users/:id", answer);
    app.post("/users", pass, answer);
    app.get(
      "/ws",
      async (context, next) => context.req.query("up") ? answer(context) : await next(),
    );
    app.get("*", pass);
    app.get("*", answer);
  };
  const asked = ["GET /users/7", "GET /users/8", "POST /users", "GET /ws", "GET /x", "GET /y"];
  assertEquals(await routesOf(register, ...asked), [
    "GET /users/:id",
    "GET /users/:id",
    "POST /users",
    "GET /ws",
    "GET /*",
    "GET /*",
  ]);
});

Deno.test("middleware is no route: neither behind the one that asks, nor behind the handler, nor in an app of its own", async () => {
  const users = new Hono();
  users.use(pass);
  users.use("/:id", pass);
  users.get("/:id", answer);
  // Hono wraps each handler of an app that answers its errors itself, and the wrapper takes `next`.
  const pets = new Hono().onError((_, context) => answer(context));
  pets.use(pass);
  pets.all("/*", answer);
  const register = (app: Hono) => {
    app.use("*", pass);
    app.get("/api/*", pass);
    app.route("/api/users", users);
    app.route("/api/pets", pets);
    app.use(pass);
  };
  const asked = ["GET /api/users/7", "GET /api/pets/7"];
  assertEquals(await routesOf(register, ...asked), ["GET /api/users/:id", "ALL /api/pets/*"]);
});

Deno.test("a client's choice of method makes no route: HEAD is GET's, and any other is ALL's", async () => {
  const register = (app: Hono) => {
    app.get("/users", answer);
    app.all("/any", answer);
    app.on(["PURGE", "BAN"], "/cache", answer);
  };
  const asked = ["GET /users", "HEAD /users", "AAA /any", "AAB /any", "GET /any", "BAN /cache"];
  assertEquals(await routesOf(register, ...asked), [
    "GET /users",
    "GET /users",
    "ALL /any",
    "ALL /any",
    "ALL /any",
    "BAN /cache",
  ]);
});

Deno.test("requests that no route answers are of the last middleware, and of none where there is none", async () => {
  const asked = ["GET /a", "POST /b", "AAA /c"];
  assertEquals(await routesOf(() => {}, ...asked), ["ALL /*", "ALL /*", "ALL /*"]);
  assertEquals(await routesOf((app) => app.use("/:any", pass), "GET /a", "AAA /c"), [
    "ALL /:any",
    "ALL /:any",
  ]);
  const app = new Hono();
  app.notFound((context) => context.text(routeOf(context)));
  assertEquals(await (await app.request("/a")).text(), "ALL *");
});

Deno.test("a handler that asks is told its own route, and so is a middleware of one route", async () => {
  const seen: string[] = [];
  const app = new Hono();
  const ask: MiddlewareHandler = async (context, next) => {
    seen.push(routeOf(context));
    await next();
  };
  app.get("/a/:id", ask, (context) => context.text(routeOf(context)));
  app.get("*", answer);
  assertEquals(await (await app.request("/a/1")).text(), "GET /a/:id");
  assertEquals(seen, ["GET /a/:id"]);
});
