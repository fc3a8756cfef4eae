import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { K8S_BASE, readManifests } from "./manifests.ts";

const ROOT = new URL("../../", import.meta.url);
const dockerfile = read("Dockerfile");
const { tasks } = JSON.parse(read("deno.json"));

function read(file: string): string {
  return Deno.readTextFileSync(new URL(file, ROOT));
}

/** The arguments of every `deno run` in a shell command, up to the script, quotes removed. */
function runs(command: string): string[][] {
  const found = command.matchAll(/deno run ((?:'[^']*'|[^'$)])*?)(\S+\.ts)/g);
  return [...found].map(([, flags, script]) => {
    const words = flags!.replaceAll("'", "").trim().split(/\s+/);
    return [...words.filter((word) => word !== "--cached-only").sort(), script!];
  });
}

Deno.test("Dockerfile starts the server with exactly the permissions of deno task start", () => {
  const [, entrypoint] = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)!;
  const [shell, flag, command] = JSON.parse(entrypoint!);
  assertEquals([shell, flag], ["/bin/sh", "-c"]);
  assertStringIncludes(command, "exec deno run --cached-only");
  const [server, names, ...rest] = runs(command);
  assertEquals(rest, []);
  assertEquals([server, names], runs(tasks.start));
  assertEquals([server!.at(-1), names!.at(-1)], ["src/main.ts", "src/env_names.ts"]);
});

Deno.test("Dockerfile copies files that exist and that .dockerignore lets through, and not as root", () => {
  const allowed = read(".dockerignore").split("\n").filter((line) => line.startsWith("!"));
  const copies = [...dockerfile.matchAll(/^COPY (.*) \S+$/gm)];
  const sources = copies.flatMap(([, files]) => files!.split(" "));
  assert(sources.length > 0);
  for (const source of sources) {
    Deno.statSync(new URL(source, ROOT));
    assert(allowed.includes(`!${source}`), source);
  }
  assertEquals(sources.length, allowed.length);
});

Deno.test("Dockerfile and k8s/base agree on the user and the ports, and the image on the version", () => {
  const { object } = readManifests(K8S_BASE).find(({ kind }) => kind === "Deployment")!;
  const { securityContext: { runAsUser, runAsGroup }, containers: [container] } =
    object.spec.template.spec;
  assertStringIncludes(dockerfile, `\nUSER ${runAsUser}:${runAsGroup}\n`);
  const ports = container.ports.map((port: { containerPort: number }) => port.containerPort);
  assertStringIncludes(dockerfile, `\nEXPOSE ${ports.join(" ")}\n`);
  assertEquals(container.image, `muster:${JSON.parse(read("deno.json")).version}`);
  assertStringIncludes(dockerfile, `\nFROM denoland/deno:${Deno.version.deno}\n`);
});
