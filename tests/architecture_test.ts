import { assert, assertEquals } from "@std/assert";

// What the text of the sources shows: who imports whom, who touches the platform, how long files are.

const ROOT = new URL("../", import.meta.url);

/** What each folder of `src/` may import from the others; `*` is everything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  io: [],
  metrics: [],
  exposition: ["metrics"],
  telemetry: ["io"],
  plugins: ["metrics", "telemetry", "io"],
  adapters: ["telemetry", "io"],
  cluster: ["metrics", "telemetry", "io"],
  cache: ["cluster", "telemetry", "io"],
  rate_limit: ["cluster", "telemetry", "io"],
  grafana: ["telemetry", "io"],
  sources: ["metrics", "exposition", "io"],
  compat: ["metrics", "exposition"],
  alerts: ["telemetry", "io"],
  http: [
    "io",
    "metrics",
    "exposition",
    "telemetry",
    "plugins",
    "adapters",
    "cluster",
    "cache",
    "rate_limit",
    "grafana",
    "sources",
    "compat",
  ],
  inspector: ["*"],
  config: ["io"],
  // For tests of services: the measuring half of a runtime, put together by its own composition.
  testing: ["*"],
  // A program of its own, which starts and watches nodes as any user would.
  demo: ["*"],
};

/** Imports that the table does not allow, each with the reason why it is right. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "config/parsers.ts -> cluster/address.ts":
    "an address in the configuration and one in DNS have one spelling, so one reader",
  "config/parsers.ts -> cluster/discovery_list.ts": "the same for the items of CLUSTER_PEERS",
  "config/parsers.ts -> cluster/ip_address.ts": "the same for POD_IP",
  "telemetry/bus.ts -> metrics/thenable.ts":
    "what can be awaited is found in one way, whoever measures it",
  "telemetry/span.ts -> metrics/thenable.ts": "the same",
  "adapters/job.ts -> metrics/thenable.ts": "the same",
  "rate_limit/limiter_options.ts -> metrics/received.ts":
    "what an option was given is told in one way, whosever option it is",
  "rate_limit/policy.ts -> metrics/received.ts": "the same",
  "rate_limit/client_ip.ts -> metrics/received.ts": "the same",
  "rate_limit/create_limiter.ts -> metrics/received.ts": "the same",
  "rate_limit/node_limiter.ts -> metrics/received.ts": "the same",
  "cache/cache_options.ts -> metrics/received.ts": "the same",
  "cache/create_cache.ts -> metrics/received.ts": "the same",
  "cache/key_text.ts -> metrics/received.ts": "the same",
  "cache/value_options.ts -> metrics/received.ts": "the same",
  "plugins/event_schema.ts -> config/nearest_name.ts":
    "a misspelt key of an event is found as a misspelt setting is",
  "plugins/intake.ts -> config/nearest_name.ts": "the same for the names of events",
  "config/label_rules.ts -> plugins/label_rule.ts":
    "only the type of a rule, which belongs to the code that applies it",
  "config/options/plugins.ts -> plugins/label_rule.ts": "the same",
  "config/options/limits.ts -> rate_limit/ip_network.ts":
    "a trusted proxy in the configuration is read as the limiter reads it",
  "config/options/limits.ts -> rate_limit/policy.ts":
    "a limit that is configured has the bounds of a limiter's, or it would be refused too late",
  "config/assembled_config.ts -> metrics/metric_options.ts":
    "only the type of what is changed of metrics, which belongs to the registry that changes them",
  "config/relabelling.ts -> metrics/constant_labels.ts":
    "what labels every series may be given is said once",
  "compat/ts_prometheus/summary.ts -> io/clock.ts":
    "the surface has nobody who could hand it a clock, and a window needs one",
  "config/assembled_config.ts -> http/auth.ts":
    "only the type of a policy, which belongs to the code that enforces it",
  "http/near_names.ts -> config/nearest_name.ts":
    "a misspelled metric and a misspelled option are near to a name in the same way",
};

/** Folders and files that may touch the platform. */
const PLATFORM_FOLDERS: readonly string[] = ["io", "demo"];
const PLATFORM_FILES: readonly string[] = ["http/server.ts", "main.ts", "env_names.ts", "docs.ts"];
const PLATFORM_CALL =
  /\bDeno\.|\bDate\.now\b|\bnew Date\(\)|\bperformance\.|\bMath\.random\b|\bsetTimeout\b|\bsetInterval\b|\bcrypto\.(?:getRandomValues|randomUUID)\b/;
/** Node's ways to the platform; `node:net` is left to who only asks whether a text is an address. */
const PLATFORM_MODULE = /^node:(?:process|fs|os|dgram|http|https|child_process|timers|tls)/;

const LINES_MAX = 350;
const DRAWERS: readonly string[] = [
  "utils",
  "util",
  "common",
  "helpers",
  "helper",
  "misc",
  "types",
];
/** The composition root: files directly in `src/`, which wire everything to everything. */
const ROOT_FOLDER = "";

interface Source {
  /** Relative to `src/`. */
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  /** The text without comments and without what is quoted. */
  readonly code: string;
  readonly imports: readonly string[];
}

function sources(): Source[] {
  const base = new URL("src/", ROOT);
  return filesIn(base, "").filter((path) => path.endsWith(".ts")).map((path) => {
    const text = Deno.readTextFileSync(new URL(path, base));
    const folder = path.includes("/") ? path.slice(0, path.indexOf("/")) : ROOT_FOLDER;
    return { path, folder, text, code: codeOf(text), imports: importsOf(text) };
  });
}

function filesIn(base: URL, folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder === "" ? "." : `${folder}/`, base))].flatMap(
    (entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory ? filesIn(base, path) : [path];
    },
  );
}

/** Strings are left out: `--help` may speak of what the code does not do. */
function codeOf(text: string): string {
  const skipped = /\/\*[\s\S]*?\*\/|(?<![:"'`\\])\/\/.*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
  return text.replace(skipped, (match) => match.startsWith("/") ? "" : '""');
}

function importsOf(text: string): string[] {
  const statements = /^(?:import|export)\b(?:[^;"']*?\bfrom\s*)?\s*"([^"]+)"/gm;
  const dynamic = /\bimport\(\s*"([^"]+)"/g;
  return [...text.matchAll(statements), ...text.matchAll(dynamic)].map((match) => match[1]!);
}

/** Where a relative import leads, relative to `src/`. */
function resolved(from: string, specifier: string): string {
  const base = new URL("file:///src/");
  return new URL(specifier, new URL(from, base)).pathname.replace(/^\/src\//, "");
}

const SOURCES = sources();

Deno.test("the reader of imports sees every form of them, and no comment or string", () => {
  const text = `import a from "./a.ts";
import {
  b,
  type C,
} from "./b.ts";
import type { D } from "npm:d";
export { e } from "../e.ts";
export * from "./f.ts";
import "./g.ts";
// import h from "./h.ts";
const late = await import("./i.ts");
`;
  const found = ["./a.ts", "./b.ts", "npm:d", "../e.ts", "./f.ts", "./g.ts", "./i.ts"];
  assertEquals(importsOf(text), found);
  assertEquals(codeOf('a("Deno.x") // Deno.y\n/* Deno.z */').includes("Deno"), false);
  assert(PLATFORM_CALL.test(codeOf("const x = Deno.args; // why")));
  assert(SOURCES.length > 100 && SOURCES.every(({ text }) => text.length > 0));
});

Deno.test("each folder imports only what the table of the architecture allows", () => {
  const wrong: string[] = [];
  const used = new Set<string>();
  for (const { path, folder, imports } of SOURCES) {
    if (folder === ROOT_FOLDER) continue;
    const allowed = MAY_IMPORT[folder];
    if (allowed === undefined) {
      wrong.push(`${path}: the folder ${folder}/ is not in the table`);
      continue;
    }
    for (const specifier of imports.filter((one) => one.startsWith("."))) {
      const target = resolved(path, specifier);
      const to = target.includes("/") ? target.slice(0, target.indexOf("/")) : ROOT_FOLDER;
      if (to === folder || allowed.includes("*") || allowed.includes(to)) continue;
      const name = `${path} -> ${target}`;
      if (name in EXCEPTIONS) used.add(name);
      else wrong.push(name);
    }
  }
  assertEquals(wrong, []);
  assertEquals([...used].sort(), Object.keys(EXCEPTIONS).sort(), "an exception nobody needs");
});

Deno.test("only io/ and the shell call the platform", () => {
  const wrong = SOURCES.filter(({ path, folder }) =>
    !PLATFORM_FOLDERS.includes(folder) && !PLATFORM_FILES.includes(path)
  ).flatMap(({ path, code, imports }) => {
    const call = PLATFORM_CALL.exec(code)?.[0] ??
      imports.find((specifier) => PLATFORM_MODULE.test(specifier));
    return call === undefined ? [] : [`${path}: ${call}`];
  });
  assertEquals(wrong, []);
});

Deno.test("no source file is longer than can be read in one go, and none is a drawer", () => {
  const long = SOURCES.filter(({ text }) => text.split("\n").length - 1 > LINES_MAX);
  assertEquals(long.map(({ path }) => path), []);
  const parts = (path: string) => path.replace(/\.ts$/, "").split(/[/_]/);
  const drawers = SOURCES.filter(({ path }) => {
    const names = [path.split("/").at(-1)!.replace(/\.ts$/, ""), ...path.split("/").slice(0, -1)];
    return names.some((name) => DRAWERS.includes(name)) ||
      parts(path).some((part) => ["utils", "helpers", "misc"].includes(part));
  });
  assertEquals(drawers.map(({ path }) => path), []);
});

Deno.test("file names are snake_case", () => {
  const wrong = SOURCES.filter(({ path }) => !/^[a-z0-9_/]+\.ts$/.test(path));
  assertEquals(wrong.map(({ path }) => path), []);
});

Deno.test("no source has a cycle of imports", () => {
  const targets = new Map(SOURCES.map(({ path, text }) => {
    // What only imports types is gone when it runs.
    const kept = text.replace(/^import type [^;]*;/gm, "");
    const relative = importsOf(kept).filter((one) => one.startsWith("."));
    return [path, relative.map((specifier) => resolved(path, specifier))];
  }));
  const done = new Set<string>();
  const cycle = (path: string, trail: readonly string[]): string | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path].join(" -> ");
    if (done.has(path)) return null;
    for (const target of targets.get(path) ?? []) {
      const found = cycle(target, [...trail, path]);
      if (found !== null) return found;
    }
    done.add(path);
    return null;
  };
  assertEquals(SOURCES.map(({ path }) => cycle(path, [])).filter((found) => found !== null), []);
});

Deno.test("every package that is imported is in README's table of dependencies, and pinned", () => {
  const readme = Deno.readTextFileSync(new URL("README.md", ROOT));
  const table = readme.slice(readme.indexOf("## Dependencies")).split("\n")
    .map((line) => /^\| `([^`]+)`/.exec(line)?.[1]).filter((name) => name !== undefined);
  const { imports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT))) as {
    readonly imports: Readonly<Record<string, string>>;
  };
  const packages = Object.entries(imports);
  assertEquals(packages.filter(([, to]) => !/^npm:@?[\w./-]+@\d+\.\d+\.\d+(\/|$)/.test(to)), []);
  const nameOf = (specifier: string) => specifier.match(/^(?:@[^/]+\/)?[^/]+/)![0];
  const names = [...new Set(packages.map(([name]) => nameOf(name)))].sort();
  assertEquals([...new Set(table)].sort(), names);
  const bare = SOURCES.flatMap(({ path, imports }) =>
    imports.filter((one) => !one.startsWith(".") && !one.startsWith("node:"))
      .filter((one) => !names.includes(nameOf(one))).map((one) => `${path} -> ${one}`)
  );
  assertEquals(bare, []);
});

Deno.test("deno.lock names no address to download from", () => {
  const lock = Deno.readTextFileSync(new URL("deno.lock", ROOT));
  assertEquals(lock.match(/"https?:\/\/[^"]*/g), null);
});
