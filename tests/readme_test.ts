import { assertEquals, assertMatch } from "@std/assert";
import { freePort } from "./servers/free_port.ts";
import { ServerProcess } from "./servers/server_process.ts";

const ROOT = new URL("../", import.meta.url);

/** Makes the project that README tells to make, as it stands there, and returns its program's path. */
function exampleApp(folder: string): string {
  const readme = Deno.readTextFileSync(new URL("README.md", ROOT));
  const [, config] = /```json\n([\s\S]*?"links"[\s\S]*?)```/.exec(readme) ?? [];
  const [, program] = /```ts ignore\n([\s\S]*?startMuster[\s\S]*?)```/.exec(readme) ?? [];
  if (config === undefined) throw new Error("README has no deno.json that links Muster");
  if (program === undefined) throw new Error("README has no program that starts Muster");
  const linked = { ...JSON.parse(config), links: [ROOT.pathname], nodeModulesDir: "none" };
  Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify(linked));
  Deno.writeTextFileSync(`${folder}/app.ts`, program);
  return `${folder}/app.ts`;
}

Deno.test("README's program passes the type check in a project that sets no compiler options", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--no-lock", exampleApp(folder)],
      cwd: folder,
    }).output();
    assertEquals(success, true, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("README's program measures its requests, serves them merged, and ends on SIGTERM", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const program = exampleApp(folder);
    const [ops, port] = [freePort("127.0.0.1"), freePort("127.0.0.1")];
    await using app = await ServerProcess.start({
      binary: "deno",
      args: ["run", "-A", `--config=${folder}/deno.json`, "--no-lock", program],
      env: {
        ...Deno.env.toObject(),
        METRICS_PORT: `${ops}`,
        METRICS_LISTEN_HOST: "127.0.0.1",
        PORT: `${port}`,
      },
      ready: async () => {
        try {
          return (await (await fetch(`http://127.0.0.1:${port}/`)).text()).length > 0;
        } catch {
          return false;
        }
      },
    });
    for (const plan of ["pro", "pro", "other"]) {
      const answer = await fetch(`http://127.0.0.1:${port}/signup/${plan}`, { method: "POST" });
      assertEquals([answer.status, await answer.text()], [201, "welcome"]);
    }
    const metrics = await (await fetch(`http://127.0.0.1:${ops}/metrics`)).text();
    assertMatch(metrics, /^signups_total\{plan="pro"\} 2$/m);
    assertMatch(metrics, /^signups_total\{plan="free"\} 1$/m);
    assertMatch(metrics, /_count\{method="POST",route="\/signup\/:plan",status="201"\} 3$/m);
    Deno.kill(app.pid, "SIGTERM");
    assertEquals((await app.ended()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
