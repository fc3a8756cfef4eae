import { assertEquals } from "@std/assert";
import { validate as deployment } from "kubernetes-models/_schemas/IoK8sApiAppsV1Deployment";
import { schemaProblems } from "./strict_schema.ts";

const template = {
  metadata: { labels: { app: "a" } },
  spec: {
    containers: [{
      name: "a",
      ports: [{ name: "x", containerPort: 1 }],
      livenessProbe: { httpGet: { port: "x" } },
      resources: { limits: { cpu: 1, memory: "1Gi" } },
    }],
  },
};
const spec = { selector: { matchLabels: { app: "a" } }, template };
const good = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a" }, spec };

Deno.test("schemaProblems finds nothing in a good Deployment, where maps have keys of any name", () => {
  assertEquals(schemaProblems(deployment, good), []);
});

Deno.test("schemaProblems names a field that is unknown, however deep", () => {
  assertEquals(schemaProblems(deployment, { ...good, sepc: 1 }), ["/sepc is unknown"]);
  const [container] = template.spec.containers;
  const probe = { httpGet: { port: "x", pathh: "/" } };
  const containers = [{ ...container, livenessProbe: probe }];
  const deep = { ...good, spec: { ...spec, template: { ...template, spec: { containers } } } };
  assertEquals(schemaProblems(deployment, deep), [
    "/spec/template/spec/containers/0/livenessProbe/httpGet/pathh is unknown",
  ]);
});

Deno.test("schemaProblems names a field that is missing or of the wrong type", () => {
  const { template: _, ...missing } = spec;
  assertEquals(schemaProblems(deployment, { ...good, spec: missing }), [
    '/spec required {"missingProperty":"template"}',
  ]);
  assertEquals(schemaProblems(deployment, { ...good, spec: { ...spec, replicas: "3" } }), [
    '/spec/replicas type {"type":"integer"}',
  ]);
});
