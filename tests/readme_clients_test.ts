import { assertEquals, assertStringIncludes } from "@std/assert";
import { NodeProcess } from "./integration/node_process.ts";
import { freePort } from "./servers/free_port.ts";
import { requireBinary } from "./servers/needed_binaries.ts";

const HOST = "127.0.0.1";
const URL_OF_README = "http://localhost:4000";

/** The first block of README in a language that sends events. */
function client(language: string): string {
  const readme = Deno.readTextFileSync(new URL("../README.md", import.meta.url));
  const blocks = readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"));
  const found = [...blocks].map(([, code]) => code!).find((code) => code.includes(URL_OF_README));
  if (found === undefined) throw new Error(`README has no client in ${language}`);
  return found;
}

Deno.test("README's clients send events that are accepted, from a shell, TypeScript and Python", async () => {
  await using node = await NodeProcess.start({
    program: "src/main.ts",
    args: [`--metrics-port=${freePort(HOST)}`],
    env: { METRICS_LISTEN_HOST: HOST, MUSTER_APP_LISTEN_HOST: HOST },
  });
  requireBinary("curl");
  const clients: readonly [string, string, readonly string[]][] = [
    ["sh", "sh", ["-s"]],
    ["ts ignore", Deno.execPath(), ["run", "--allow-net=127.0.0.1", "-"]],
    ["python", requireBinary("python3"), ["-"]],
  ];
  for (const [language, binary, args] of clients) {
    const code = client(language).replace(URL_OF_README, node.appUrl);
    assertStringIncludes((await run(binary, args, code)).replaceAll(/\s/g, ""), "accepted");
  }
  const metrics = await node.get("/metrics");
  for (
    const sample of [
      'rsolv_billing_invoice_paid_total{customer_id="acme",plan="pro"} 1',
      'rsolv_signups_total{domain="acme.com",source="blog"} 1',
      'rsolv_validation_duration_milliseconds_sum{framework="pytest",language="python",status="success"} 840',
    ]
  ) assertStringIncludes(metrics, `${sample}\n`);
});

async function run(binary: string, args: readonly string[], code: string): Promise<string> {
  const child = new Deno.Command(binary, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([code]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await output;
  assertEquals(success, true, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
