import { assertEquals } from "@std/assert";
import { jobSettings } from "../src/job_settings.ts";

Deno.test("jobSettings takes any free port unless one is set or peers are found by DNS", () => {
  const port = (
    env: Readonly<Record<string, string>>,
    settings: Readonly<Record<string, string>> = {},
  ) => jobSettings(settings, (name) => env[name]).METRICS_PORT;
  assertEquals(port({}), "0");
  assertEquals(port({ CLUSTER_PEERS: "10.0.0.1:4021" }), "0");
  assertEquals(port({ METRICS_PORT: "" }, { METRICS_PORT: "" }), "0");
  assertEquals(port({ METRICS_PORT: "tcp://10.0.0.1:4021" }), "0");
  assertEquals(port({ CLUSTER_DNS_NAME: "muster", CLUSTER_DISCOVERY: "none" }), "0");
  // What the environment or the default says counts.
  assertEquals(port({ METRICS_PORT: "4055" }), undefined);
  assertEquals(port({ CLUSTER_DNS_NAME: "muster" }), undefined);
  assertEquals(port({ CLUSTER_DISCOVERY: "dns" }, { CLUSTER_DNS_NAME: "muster" }), undefined);
  assertEquals(port({}, { METRICS_PORT: "4055" }), "4055");
});
