import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { type Config, parseConfig } from "../src/config.ts";
import { fileVariableOf, flagOf } from "../src/config/option.ts";
import { PLUGIN_NAMES } from "../src/config/options/plugins.ts";
import { OPTION_ROWS } from "../src/config/options.ts";

interface Given {
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
  readonly files?: Record<string, string>;
}

function parse({ env = {}, args = [], files = {} }: Given): ReturnType<typeof parseConfig> {
  return parseConfig({
    env: (name) => env[name],
    args,
    envNames: Object.keys(env),
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw new Deno.errors.NotFound("no such file");
      return text;
    },
    hostname: "the-host",
  });
}

function configOf(given: Given): Config {
  const outcome = parse(given);
  assert(outcome.kind === "config", JSON.stringify(outcome));
  return outcome.config;
}

function problemsOf(given: Given): readonly string[] {
  const outcome = parse(given);
  assert(outcome.kind === "problems", JSON.stringify(outcome));
  return outcome.problems;
}

function warningsOf(given: Given): readonly string[] {
  const outcome = parse(given);
  assert(outcome.kind === "config", JSON.stringify(outcome));
  return outcome.warnings;
}

const SECRET = "a-secret-of-enough-length";

Deno.test("parseConfig has a default for everything", () => {
  assertEquals(configOf({}), {
    metricsEnabled: true,
    metricsPort: 4021,
    metricsListenHost: "0.0.0.0",
    metricsPath: "/metrics",
    appPort: 4000,
    appListenHost: "0.0.0.0",
    gitSha: undefined,
    gitAuthor: undefined,
    scrapeTimeoutMs: 10_000,
    createdSamples: false,
    exporters: [],
    seriesPerFamilyMax: 10_000,
    cellsMax: 2_000_000,
    heartbeatMs: 1_000,
    suspectAfterMs: 5_000,
    downAfterMs: 10_000,
    exchangeTimeoutMs: 2_000,
    exchangeBodyBytesMax: 4_194_304,
    plugins: PLUGIN_NAMES,
    metricsPrefix: "rsolv",
    pollMs: 10_000,
    dropMetricsGroups: [],
    buckets: {},
    labelRules: {},
    intakeLimit: { limit: 100, windowMs: 1_000 },
    trustedProxies: [],
    metricChanges: { constantLabels: {}, rules: { drop: [], dropLabels: [], rename: {} } },
    labelHashKey: "local",
    ledgerFile: undefined,
    foldAfterMs: 900_000,
    hideAfterMs: 86_400_000,
    ledgerCellsMax: 2_000_000,
    podIp: undefined,
    podNamespace: undefined,
    logLevel: "info",
    logFormat: "auto",
    metricsAuth: { kind: "none" },
    clusterName: "local",
    clusterSecrets: [],
    discovery: { kind: "none" },
    nodeName: "the-host",
  });
  assertEquals(warningsOf({}), []);
});

Deno.test("parseConfig reads a pod's environment as the manifests set it", () => {
  const config = configOf({
    env: {
      POD_NAME: "muster-0",
      POD_IP: "10.244.1.7",
      POD_NAMESPACE: "prod",
      CLUSTER_DNS_NAME: "muster",
      CLUSTER_SECRET: SECRET,
      CLUSTER_SECRET_PREVIOUS: `${SECRET}-before`,
    },
  });
  assertEquals(config.nodeName, "muster-0");
  assertEquals(config.clusterName, "muster.prod.svc.cluster.local");
  assertEquals(config.clusterSecrets, [SECRET, `${SECRET}-before`]);
  assertEquals(config.discovery, {
    kind: "dns",
    name: "muster.prod.svc.cluster.local",
    portName: "metrics",
    servers: undefined,
  });
});

Deno.test("parseConfig completes a short DNS name only", () => {
  const nameOf = (env: Record<string, string>) => {
    const { discovery } = configOf({ env });
    return discovery.kind === "dns" ? discovery.name : discovery.kind;
  };
  assertEquals(nameOf({ CLUSTER_DNS_NAME: "muster" }), "muster.default.svc.cluster.local");
  assertEquals(
    nameOf({ CLUSTER_DNS_NAME: "muster", CLUSTER_DOMAIN: "k8s.example", POD_NAMESPACE: "a" }),
    "muster.a.svc.k8s.example",
  );
  assertEquals(nameOf({ CLUSTER_DNS_NAME: "muster.example.org." }), "muster.example.org");
});

Deno.test("parseConfig chooses the discovery by what is set", () => {
  const peers = "10.0.0.1:4021";
  const kindOf = (env: Record<string, string>) => configOf({ env }).discovery.kind;
  assertEquals(kindOf({ CLUSTER_PEERS: peers }), "static");
  assertEquals(kindOf({ CLUSTER_PEERS: peers, CLUSTER_DNS_NAME: "muster" }), "dns");
  const both = { CLUSTER_PEERS: peers, CLUSTER_DNS_NAME: "muster" };
  assertEquals(kindOf({ ...both, CLUSTER_DISCOVERY: "static" }), "static");
  assertEquals(kindOf({ ...both, CLUSTER_DISCOVERY: "none" }), "none");
  assertEquals(warningsOf({ env: both }), [
    "CLUSTER_PEERS has no effect while CLUSTER_DISCOVERY is dns.",
  ]);
  assertEquals(problemsOf({ env: { CLUSTER_DISCOVERY: "dns" } }).length, 1);
  assertEquals(problemsOf({ env: { CLUSTER_DISCOVERY: "static" } }).length, 1);
});

Deno.test("parseConfig reports all problems at once, each with name, rule and value", () => {
  const problems = problemsOf({
    env: {
      METRICS_PORT: "70000",
      METRICS_PATH: "metrics",
      ENABLE_PROMETHEUS_METRICS: "maybe",
      METRICS_AUTH: "basic",
      CLUSTER_SECRET: "short",
      CLUSTER_HEARTBEAT_MS: "5000",
      MUSTER_INTAKE_LIMIT: "100/9999h",
    },
    args: ["--cluster-discovery=magic", "--metrics-prot", "1"],
  });
  assertEquals(problems, [
    "Cannot use --metrics-prot: it is no flag of Muster: did you mean --metrics-port?",
    'Cannot use ENABLE_PROMETHEUS_METRICS: it must be true or false (or 1/0, on/off, yes/no): received "maybe".',
    'Cannot use METRICS_PORT: it must be a whole number from 0 to 65535: received "70000".',
    'Cannot use METRICS_PATH: it must be a path that begins with / and has no query, space, empty or dot segment: received "metrics".',
    'Cannot use MUSTER_INTAKE_LIMIT: it must be off, or a number of requests from 1 to 10^9, at most 10,000 a millisecond, and a time of up to 366 days, such as 100/1s or 5000/10m: received "100/9999h".',
    "Cannot use CLUSTER_SECRET: it must be 16 to 1024 printable ASCII characters without space or comma: received a secret of 5 characters.",
    'Cannot use --cluster-discovery: it must be one of dns, static, none: received "magic".',
    "Cannot use METRICS_AUTH=basic: METRICS_AUTH_USERNAME must be set: received none.",
    "Cannot use METRICS_AUTH=basic: METRICS_AUTH_PASSWORD must be set: received none.",
    "Cannot use CLUSTER_HEARTBEAT_MS, CLUSTER_SUSPECT_AFTER_MS and CLUSTER_DOWN_AFTER_MS: each must be less than the next: received 5000, 5000 and 10000.",
  ]);
});

Deno.test("parseConfig does not report a rule between options that could not be read", () => {
  const problems = problemsOf({ env: { METRICS_AUTH: "bearer", METRICS_AUTH_TOKEN: "sp ace" } });
  assertEquals(problems.length, 1);
  assertStringIncludes(problems[0]!, "Cannot use METRICS_AUTH_TOKEN: it must be letters");
});

Deno.test("parseConfig reads the credentials of each kind of authentication", () => {
  assertEquals(
    configOf({ env: { METRICS_AUTH: "bearer", METRICS_AUTH_TOKEN: "abc.DEF-1==" } }).metricsAuth,
    { kind: "bearer", token: "abc.DEF-1==" },
  );
  const env = { METRICS_AUTH: "basic", METRICS_AUTH_USERNAME: "u", METRICS_AUTH_PASSWORD: "p:ä " };
  assertEquals(configOf({ env }).metricsAuth, { kind: "basic", username: "u", password: "p:ä " });
});

Deno.test("parseConfig warns of credentials that protect nothing", () => {
  assertEquals(warningsOf({ env: { METRICS_AUTH_TOKEN: "abc" } }), [
    "METRICS_AUTH_TOKEN has no effect while METRICS_AUTH is none: it needs bearer.",
  ]);
});

Deno.test("parseConfig prefers a flag to the environment, written with a space or an equals sign", () => {
  const env = { METRICS_PORT: "5000", ENABLE_PROMETHEUS_METRICS: "true" };
  assertEquals(configOf({ env, args: ["--metrics-port", "6000"] }).metricsPort, 6_000);
  assertEquals(configOf({ env, args: ["--metrics-port=6000"] }).metricsPort, 6_000);
  // The flag wins even if the environment is wrong.
  assertEquals(configOf({ env: { METRICS_PORT: "x" }, args: ["--metrics-port=1"] }).metricsPort, 1);
  const off = ["--enable-prometheus-metrics", "off"];
  assertEquals(configOf({ env, args: off }).metricsEnabled, false);
  const alone = { env: { ENABLE_PROMETHEUS_METRICS: "0" }, args: ["--enable-prometheus-metrics"] };
  assertEquals(configOf(alone).metricsEnabled, true);
});

Deno.test("parseConfig refuses flags it does not know, repeated ones and those without a value", () => {
  assertEquals(
    problemsOf({ args: ["--port=1", "--port=2", "--pod-name", "--bogus-thing", "x", "y"] }),
    [
      "Cannot use --port: it must be given once: received it again.",
      "Cannot use --pod-name: it must be followed by a value: received none.",
      "Cannot use --bogus-thing: it is no flag of Muster: see --help",
      'Cannot use the argument "y": arguments must be flags: see --help.',
    ],
  );
});

Deno.test("parseConfig reads secrets from files, without the line feed at the end", () => {
  const files = { "/s/token": "token\n", "/s/crlf": "token2\r\n", "/s/two": `${SECRET}\n\n` };
  const env = { METRICS_AUTH: "bearer", METRICS_AUTH_TOKEN_FILE: "/s/token" };
  assertEquals(configOf({ env, files }).metricsAuth, { kind: "bearer", token: "token" });
  const args = ["--metrics-auth-token-file", "/s/crlf"];
  assertEquals(configOf({ env, files, args }).metricsAuth, { kind: "bearer", token: "token2" });
  // Only one line feed is the file's; the second makes it a wrong secret, not a silently changed one.
  assertEquals(problemsOf({ env: { CLUSTER_SECRET_FILE: "/s/two" }, files }).length, 1);
});

Deno.test("parseConfig refuses both a secret and its file, and a file that is not there", () => {
  const env = { CLUSTER_SECRET: SECRET, CLUSTER_SECRET_FILE: "/s" };
  assertEquals(problemsOf({ env, files: { "/s": SECRET } }), [
    "Cannot use CLUSTER_SECRET: only one of CLUSTER_SECRET and CLUSTER_SECRET_FILE must be set: received both.",
  ]);
  assertEquals(problemsOf({ env: { CLUSTER_SECRET_FILE: "/none" } }), [
    'Cannot use CLUSTER_SECRET_FILE: it must be the path of a readable file: received "/none": no such file',
  ]);
});

Deno.test("parseConfig takes no secret from a flag and shows none in a problem", () => {
  const leaked = "hunter2hunter2hunter2,";
  const outcomes = [
    parse({ args: ["--cluster-secret", leaked] }),
    parse({ args: [`--metrics-auth-token=${leaked}`] }),
    parse({ args: ["-cluster-secret", leaked] }),
    parse({ env: { CLUSTER_SECRET: leaked } }),
    parse({ env: { CLUSTER_SECRET_FILE: "/s" }, files: { "/s": leaked } }),
  ];
  for (const outcome of outcomes) {
    assertEquals(outcome.kind, "problems");
    assertEquals(JSON.stringify(outcome).includes("hunter2"), false, JSON.stringify(outcome));
  }
});

Deno.test("parseConfig refuses a previous secret without a current one or the same as it", () => {
  assertEquals(problemsOf({ env: { CLUSTER_SECRET_PREVIOUS: SECRET } }).length, 1);
  const same = { CLUSTER_SECRET: SECRET, CLUSTER_SECRET_PREVIOUS: SECRET };
  assertEquals(problemsOf({ env: same }).length, 1);
});

Deno.test("parseConfig refuses a metrics path that Muster serves otherwise", () => {
  for (const path of ["/cluster", "/cluster/x", "/healthz", "/readyz", "/readyz/a"]) {
    assertEquals(problemsOf({ env: { METRICS_PATH: path } }).length, 1, path);
  }
  for (const path of ["/clusters", "/prom/cluster", "/node"]) {
    assertEquals(configOf({ env: { METRICS_PATH: path } }).metricsPath, path);
  }
});

Deno.test("parseConfig refuses one port for both servers unless they listen on different addresses", () => {
  assertEquals(problemsOf({ env: { PORT: "4021" } }), [
    "Cannot use METRICS_PORT: it must differ from PORT: received 4021 for both.",
  ]);
  const apart = {
    PORT: "4021",
    METRICS_LISTEN_HOST: "127.0.0.2",
    MUSTER_APP_LISTEN_HOST: "127.0.0.3",
  };
  assertEquals(configOf({ env: apart }).appPort, 4_021);
  assertEquals(configOf({ env: { PORT: "0", METRICS_PORT: "0" } }).metricsPort, 0);
});

Deno.test("parseConfig refuses an unknown metrics port where DNS may not tell the peers' ports", () => {
  assertEquals(problemsOf({ env: { METRICS_PORT: "0", CLUSTER_DNS_NAME: "muster" } }), [
    "Cannot use METRICS_PORT: it must not be 0 with discovery by DNS, where peers without SRV " +
    "records are asked at this port: received 0.",
  ]);
  const listed = { METRICS_PORT: "0", CLUSTER_PEERS: "10.0.0.1:4021" };
  assertEquals(configOf({ env: listed }).metricsPort, 0);
});

Deno.test("parseConfig takes an empty variable as not set", () => {
  const env = { METRICS_PORT: "", CLUSTER_SECRET: "", CLUSTER_SECRET_FILE: "", CLUSTER_PEERS: "" };
  assertEquals(configOf({ env }), configOf({}));
});

Deno.test("parseConfig warns of names that look like ours and are not, with the nearest one", () => {
  const env = {
    METRICS_PROT: "4021",
    MUSTER_LOG_LEVL: "debug",
    CLUSTER_SECRETS: "x",
    METRICS_COMPLETELY_DIFFERENT_THING: "x",
    POD_NAMSPACE: "prod",
    ENABLE_PROMETHEUS_METRIC: "false",
  };
  assertEquals(warningsOf({ env }), [
    "CLUSTER_SECRETS is no option of Muster and is ignored: did you mean CLUSTER_SECRET?",
    "ENABLE_PROMETHEUS_METRIC is no option of Muster and is ignored: did you mean ENABLE_PROMETHEUS_METRICS?",
    "METRICS_COMPLETELY_DIFFERENT_THING is no option of Muster and is ignored: see --help.",
    "METRICS_PROT is no option of Muster and is ignored: did you mean METRICS_PORT?",
    "MUSTER_LOG_LEVL is no option of Muster and is ignored: did you mean MUSTER_LOG_LEVEL?",
    "POD_NAMSPACE is no option of Muster and is ignored: did you mean POD_NAMESPACE?",
  ]);
});

Deno.test("parseConfig says nothing of names that are somebody else's", () => {
  const env = { POD_UID: "1", POD_IPS: "1", POD_TEMPLATE_HASH: "1", ENABLE_CACHE: "1", HOME: "/" };
  assertEquals(warningsOf({ env }), []);
});

Deno.test("parseConfig finds misspelt names in --env-names too", () => {
  assertEquals(warningsOf({ args: ["--env-names=METRICS_PROT,POD_NAME", "--port=1"] }), [
    "METRICS_PROT is no option of Muster and is ignored: did you mean METRICS_PORT?",
  ]);
  assertEquals(warningsOf({ args: ["--env-names="] }), []);
});

Deno.test("parseConfig neither reads nor warns of service links, of a Service of any of our names", () => {
  const env: Record<string, string> = {};
  for (const service of ["MUSTER", "METRICS", "CLUSTER", "METRICS_CANARY", "POD"]) {
    env[`${service}_SERVICE_HOST`] = "10.0.0.1";
    env[`${service}_SERVICE_PORT`] = "4021";
    env[`${service}_SERVICE_PORT_METRICS`] = "4021";
    env[`${service}_PORT`] = "tcp://10.0.0.1:4021";
    env[`${service}_PORT_4021_TCP`] = "tcp://10.0.0.1:4021";
    env[`${service}_PORT_4021_TCP_PROTO`] = "tcp";
    env[`${service}_PORT_4021_TCP_PORT`] = "4021";
    env[`${service}_PORT_4021_TCP_ADDR`] = "10.0.0.1";
  }
  assertEquals(warningsOf({ env }), []);
  assertEquals(configOf({ env }), configOf({}));
});

Deno.test("parseConfig still warns of MUSTER_PORT when a person has set it", () => {
  assertEquals(warningsOf({ env: { MUSTER_PORT: "4021" } }), [
    "MUSTER_PORT is no option of Muster and is ignored: see --help.",
  ]);
});

Deno.test("parseConfig shows help and version whatever else is wrong", () => {
  assertEquals(parse({ args: ["--metrics-port=x", "--version"] }), { kind: "version" });
  assertEquals(parse({ args: ["-V"] }), { kind: "version" });
  assertEquals(parse({ args: ["--bogus", "--help"] }).kind, "help");
  assertEquals(parse({ args: ["-h", "--version"] }).kind, "help");
});

Deno.test("parseConfig prints each option in --help with variable, flag and default", () => {
  const help = parse({ args: ["--help"] });
  assert(help.kind === "help");
  for (const { env, secret } of OPTION_ROWS) {
    assertStringIncludes(help.text, secret ? `\n  ${env}\n` : `\n  ${env}, `);
    assertStringIncludes(help.text, secret ? flagOf(fileVariableOf(env)) : flagOf(env));
  }
  assertStringIncludes(help.text, "Default: 4194304.");
  assertEquals(help.text.includes("--env-names"), false);
  const long = help.text.split("\n").filter((line) => line.length > 100);
  assertEquals(long, []);
});

Deno.test("parseConfig never throws, whatever the values and arguments are", () => {
  const name = fc.constantFrom(...OPTION_ROWS.map(({ env }) => env));
  const env = fc.dictionary(name, fc.string({ unit: "binary" }));
  const flags = OPTION_ROWS.map(({ env }) => flagOf(env));
  const args = fc.array(fc.oneof(fc.constantFrom(...flags), fc.string({ unit: "binary" })));
  fc.assert(fc.property(env, args, (env, args) => {
    const outcome = parse({ env, args });
    if (outcome.kind === "problems") assert(outcome.problems.length > 0);
  }));
});

Deno.test("names that no chosen plugin has are told with all other problems", () => {
  const env = {
    MUSTER_PLUGINS: "billing,http",
    MUSTER_DROP_METRICS_GROUPS: "billing.webhook,deno.memory",
    MUSTER_BUCKETS: "billing.usage_tracked.quantit=1:2",
    PORT: "x",
  };
  const sentence = "of a plugin that MUSTER_PLUGINS chooses: received";
  const names = [
    `Cannot use MUSTER_DROP_METRICS_GROUPS: it must name a group ${sentence} "billing.webhook": ` +
    "did you mean billing.webhooks?",
    `Cannot use MUSTER_DROP_METRICS_GROUPS: it must name a group ${sentence} "deno.memory".`,
    `Cannot use MUSTER_BUCKETS: it must name a metric ${sentence} "billing.usage_tracked.quantit": ` +
    "did you mean billing.usage_tracked.quantity?",
  ];
  const problems = problemsOf({ env });
  assertEquals([problems.length, problems.slice(1)], [4, names]);
  assertStringIncludes(problems[0]!, "PORT");
  const misspelt = problemsOf({ env: { ...env, MUSTER_PLUGINS: "biling" } });
  assertEquals(misspelt.length, 2, "which names there are depends on the plugins");
});
