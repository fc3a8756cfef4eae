import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileVariableOf } from "../../src/config/option.ts";
import { OPTION_ROWS, OPTIONS } from "../../src/config/options.ts";
import { parseConfig } from "../../src/config.ts";
import { K8S_BASE, type Manifest, readManifests } from "./manifests.ts";

const manifests = readManifests(K8S_BASE);
const deployment = only("Deployment", "muster");
const pod = deployment.spec.template.spec;
const [container] = pod.containers;
const podLabels: Record<string, string> = deployment.spec.template.metadata.labels;

// deno-lint-ignore no-explicit-any
function only(kind: string, name: string): any {
  const found = manifests.filter((one: Manifest) =>
    one.kind === kind && one.object.metadata.name === name
  );
  assertEquals(found.length, 1, `${kind} ${name}`);
  return found[0]!.object;
}

// deno-lint-ignore no-explicit-any
function variable(name: string): any {
  return container.env.find((one: { name: string }) => one.name === name);
}

Deno.test("k8s/base selects the pods of the Deployment wherever it selects", () => {
  const peers = only("Service", "muster-peers");
  const merged = only("Service", "muster");
  const policy = only("NetworkPolicy", "muster");
  const selectors: Record<string, string>[] = [
    deployment.spec.selector.matchLabels,
    peers.spec.selector,
    merged.spec.selector,
    only("PodDisruptionBudget", "muster").spec.selector.matchLabels,
    policy.spec.podSelector.matchLabels,
    policy.spec.ingress[0].from[0].podSelector.matchLabels,
    ...pod.topologySpreadConstraints.map((one: {
      labelSelector: { matchLabels: Record<string, string> };
    }) => one.labelSelector.matchLabels),
  ];
  for (const selector of selectors) {
    assert(Object.keys(selector).length > 0);
    for (const [label, value] of Object.entries(selector)) assertEquals(podLabels[label], value);
  }
  assertEquals(pod.serviceAccountName, only("ServiceAccount", "muster").metadata.name);
});

Deno.test("k8s/base names only ports that the container has, which are the defaults of the options", () => {
  const ports = new Map<string, number>(
    container.ports.map((port: { name: string; containerPort: number }) => [
      port.name,
      port.containerPort,
    ]),
  );
  assertEquals(ports.get("metrics"), OPTIONS.metricsPort.default);
  assertEquals(ports.get("http"), OPTIONS.appPort.default);
  assert(ports.has(OPTIONS.portName.default));
  const probes = ["startupProbe", "readinessProbe", "livenessProbe"];
  for (const probe of probes) assertEquals(container[probe].httpGet.port, "metrics", probe);
  for (const { kind, object } of manifests) {
    if (kind === "Service") {
      for (const port of object.spec.ports) assertEquals(port.targetPort, port.name);
      for (const port of object.spec.ports) assert(ports.has(port.name), port.name);
    }
    if (kind !== "NetworkPolicy") continue;
    for (const rule of object.spec.ingress) {
      for (const { port } of rule.ports) assert(ports.has(port), port);
    }
  }
});

Deno.test("k8s/base lets pods find each other before they are ready, by the name that they ask for", () => {
  const peers = only("Service", "muster-peers");
  assertEquals(peers.spec.clusterIP, "None");
  assertEquals(peers.spec.publishNotReadyAddresses, true);
  assertEquals(variable("CLUSTER_DNS_NAME").value, peers.metadata.name);
  assertEquals(peers.spec.ports.map((port: { name: string }) => port.name), [
    OPTIONS.portName.default,
  ]);
});

Deno.test("k8s/base sets options that exist, with values that they take", () => {
  const known = new Set(
    OPTION_ROWS.flatMap(({ env, secret }) => secret ? [env, fileVariableOf(env)] : [env]),
  );
  const env = new Map<string, string>();
  for (const { name, value, valueFrom } of container.env) {
    assert(known.has(name), name);
    const given = valueFrom?.fieldRef !== undefined ? FIELDS[valueFrom.fieldRef.fieldPath] : value;
    env.set(
      name,
      valueFrom?.secretKeyRef !== undefined ? `secret-of-${name.toLowerCase()}` : given,
    );
  }
  const outcome = parseConfig({
    env: (name) => env.get(name),
    args: [],
    envNames: [...env.keys()],
    readFile: () => "",
    hostname: "unused",
  });
  assert(outcome.kind === "config", JSON.stringify(outcome));
  assertEquals(outcome.warnings, []);
  const { config } = outcome;
  assertEquals(config.discovery, {
    kind: "dns",
    name: "muster-peers.shop.svc.cluster.local",
    portName: "metrics",
    servers: undefined,
  });
  assertEquals([config.nodeName, config.podIp], ["muster-6d4-x", "10.0.0.7"]);
  assertEquals([config.metricsListenHost, config.appListenHost], ["::", "::"]);
});

const FIELDS: Readonly<Record<string, string>> = {
  "metadata.name": "muster-6d4-x",
  "metadata.namespace": "shop",
  "status.podIP": "10.0.0.7",
};

Deno.test("k8s/base does not start without a secret and ships none", () => {
  const { secretKeyRef } = variable("CLUSTER_SECRET").valueFrom;
  assertEquals(secretKeyRef, { name: "muster-cluster", key: "CLUSTER_SECRET" });
  assertEquals(variable("CLUSTER_SECRET_PREVIOUS").valueFrom.secretKeyRef.optional, true);
  assertEquals(manifests.filter(({ kind }) => kind === "Secret"), []);
  const kustomization = Deno.readTextFileSync(new URL("kustomization.yaml", K8S_BASE));
  const command = "kubectl create secret generic muster-cluster --from-literal=CLUSTER_SECRET=";
  assertStringIncludes(kustomization, command);
});

Deno.test("k8s/base leaves time for the goodbye and lets neither peers nor throttling end a pod", () => {
  const preStop = Number(container.lifecycle.preStop.exec.command[1]);
  const goodbyeSeconds = 5;
  const exchangeSeconds = OPTIONS.exchangeTimeoutMs.default / 1000;
  assert(pod.terminationGracePeriodSeconds > preStop + exchangeSeconds + goodbyeSeconds);
  assertEquals(container.livenessProbe.httpGet.path, "/healthz");
  assertEquals(container.startupProbe.httpGet.path, "/healthz");
  assertEquals(container.readinessProbe.httpGet.path, "/readyz");
  assertEquals(container.resources.limits.cpu, undefined);
  assertEquals(pod.enableServiceLinks, false);
});

Deno.test("k8s/base runs under the restricted pod security standard", () => {
  assertEquals(pod.securityContext.runAsNonRoot, true);
  assert(pod.securityContext.runAsUser > 0);
  assertEquals(pod.securityContext.seccompProfile, { type: "RuntimeDefault" });
  assertEquals(container.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  assertEquals(pod.automountServiceAccountToken, false);
  assertEquals(only("ServiceAccount", "muster").automountServiceAccountToken, false);
});

Deno.test("k8s/base has one Service to scrape, and no annotation that would scrape every pod", () => {
  const merged = manifests.filter(({ object }) =>
    object.metadata.labels["muster.dev/scrape"] === "merged"
  );
  assertEquals(merged.map(({ kind, object }) => `${kind} ${object.metadata.name}`), [
    "Service muster",
  ]);
  assertEquals(merged[0]!.object.spec.type, "ClusterIP");
  for (const { file, object } of manifests) {
    const places = [object.metadata, object.spec?.template?.metadata];
    for (const place of places) assertEquals(place?.annotations, undefined, file);
  }
});
