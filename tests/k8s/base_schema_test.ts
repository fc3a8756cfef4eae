import { assert, assertEquals } from "@std/assert";
import { parse } from "yaml";
import { validate as deployment } from "kubernetes-models/_schemas/IoK8sApiAppsV1Deployment";
import { validate as service } from "kubernetes-models/_schemas/IoK8sApiCoreV1Service";
import { validate as serviceAccount } from "kubernetes-models/_schemas/IoK8sApiCoreV1ServiceAccount";
import { validate as networkPolicy } from "kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy";
import { validate as disruptionBudget } from "kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget";
import { K8S_BASE, readManifests, yamlFiles } from "./manifests.ts";
import { schemaProblems, type Validate } from "./strict_schema.ts";

const SCHEMAS: Readonly<Record<string, Validate>> = {
  "apps/v1 Deployment": deployment,
  "v1 Service": service,
  "v1 ServiceAccount": serviceAccount,
  "networking.k8s.io/v1 NetworkPolicy": networkPolicy,
  "policy/v1 PodDisruptionBudget": disruptionBudget,
};

const manifests = readManifests(K8S_BASE);

for (const { file, apiVersion, kind, object } of manifests) {
  Deno.test(`k8s/base/${file} fits the schema of ${kind} and has no unknown field`, () => {
    const schema = SCHEMAS[`${apiVersion} ${kind}`];
    assert(schema !== undefined, `no schema for ${apiVersion} ${kind}`);
    assertEquals(schemaProblems(schema, object), []);
  });
}

Deno.test("k8s/base has a kustomization that names each of its files, and no labels that would be old or new", () => {
  const text = Deno.readTextFileSync(new URL("kustomization.yaml", K8S_BASE));
  const { apiVersion, kind, resources, ...rest } = parse(text);
  assertEquals([apiVersion, kind], ["kustomize.config.k8s.io/v1beta1", "Kustomization"]);
  const files = yamlFiles(K8S_BASE).filter((name) => name !== "kustomization.yaml");
  assertEquals([...resources].sort(), files);
  assertEquals(rest, {});
});

Deno.test("k8s/base has each object once, all in the namespace they are applied to, with the label of Muster", () => {
  const names = manifests.map(({ kind, object }) => `${kind} ${object.metadata.name}`);
  assertEquals(new Set(names).size, names.length);
  for (const { object, file } of manifests) {
    assertEquals(object.metadata.namespace, undefined, file);
    assertEquals(object.metadata.labels["app.kubernetes.io/name"], "muster", file);
  }
});
