import { assert, assertEquals } from "@std/assert";
import { NodeProcess } from "./node_process.ts";

const ENV = {
  METRICS_PORT: "0",
  METRICS_LISTEN_HOST: "127.0.0.1",
  MUSTER_APP_LISTEN_HOST: "127.0.0.1",
  POD_NAME: "node-1",
};

async function take(node: NodeProcess, headers: Record<string, string> = {}): Promise<Response> {
  const event = { name: "rsolv.billing.invoice_failed", metadata: { plan: "pro" } };
  return await fetch(`${node.appUrl}/telemetry/events`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(event),
  });
}

/** Statuses, with the bodies taken. */
async function statuses(answers: readonly Response[]): Promise<number[]> {
  return await Promise.all(answers.map(async (answer) => {
    await answer.body?.cancel();
    return answer.status;
  }));
}

Deno.test("the intake is behind a limit by default, by client address, before anything is read", async () => {
  const program = "src/main.ts";
  await using node = await NodeProcess.start({ program, env: ENV });
  const first = await take(node);
  assertEquals(first.status, 200, await first.text());
  assertEquals(first.headers.get("ratelimit-policy"), '"1s";q=100;w=1');
  const all = await Promise.all(Array.from({ length: 300 }, () => take(node)));
  const refused = all.filter(({ status }) => status === 429);
  assert(refused.length > 0, "none of 300 requests was refused");
  assertEquals(refused[0]!.headers.get("content-type"), "application/problem+json");
  await statuses(all);
  const { limiters: [intake] } = JSON.parse(await node.get("/cluster/limits"));
  assertEquals([intake.name, intake.scope], ["intake", "local"]);
  assertEquals([intake.allowed + intake.limited, intake.keys], [301, 1]);
});

Deno.test("MUSTER_INTAKE_LIMIT and MUSTER_TRUSTED_PROXIES choose the limit and who tells addresses", async () => {
  const env = { ...ENV, MUSTER_INTAKE_LIMIT: "2/1h", MUSTER_TRUSTED_PROXIES: "127.0.0.0/8" };
  await using node = await NodeProcess.start({ program: "src/main.ts", env });
  const from = (ip: string) => take(node, { "x-forwarded-for": ip });
  const answers = [];
  for (const ip of ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"]) {
    answers.push(await from(ip));
  }
  assertEquals(await statuses(answers), [200, 200, 429, 200]);
  const open = { ...ENV, MUSTER_INTAKE_LIMIT: "off" };
  await using unlimited = await NodeProcess.start({ program: "src/main.ts", env: open });
  const [answer] = [await take(unlimited)];
  assertEquals([answer!.status, answer!.headers.get("ratelimit")], [200, null]);
  await answer!.body?.cancel();
});
