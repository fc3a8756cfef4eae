import { assertEquals } from "@std/assert";
import { freePort } from "./free_port.ts";
import { Nginx } from "./nginx.ts";

function serve(answer: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response(answer));
}

async function answersOf(nginx: Nginx): Promise<Set<string>> {
  const answers = new Set<string>();
  for (let i = 0; i < 40; i++) {
    const response = await fetch(`http://${nginx.address}/`);
    const text = await response.text();
    answers.add(response.ok ? text : String(response.status));
  }
  return answers;
}

Deno.test("Nginx sends requests to all of its servers, to others once told so, and to no second one", async () => {
  await using a = serve("a");
  await using b = serve("b");
  const [atA, atB] = [a, b].map(({ addr }) => `127.0.0.1:${addr.port}`) as [string, string];
  await using nginx = await Nginx.start([atA, atB]);
  assertEquals(await answersOf(nginx), new Set(["a", "b"]));
  await nginx.balance([atB]);
  assertEquals(await answersOf(nginx), new Set(["b"]));
  await nginx.balance([atB, `127.0.0.1:${freePort()}`]);
  assertEquals(await answersOf(nginx), new Set(["b", "502"]));
});
