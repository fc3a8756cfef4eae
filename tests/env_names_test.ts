import { assertEquals } from "@std/assert";

Deno.test("env_names prints the names that may be ours, sorted, and no value", async () => {
  const script = new URL("../src/env_names.ts", import.meta.url).pathname;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-lock", "--allow-env", script],
    clearEnv: true,
    env: {
      HOME: "/root",
      METRICS_PROT: "value1",
      CLUSTER_SECRET: "value2",
      POD_IP: "value3",
      ENABLE_X: "value4",
      MUSTER_A: "value5,METRICS_B=value6",
      "MUSTER_ODD NAME": "value7",
      XMETRICS_: "value8",
    },
  }).output();
  assertEquals(success, true);
  assertEquals(
    new TextDecoder().decode(stdout),
    "CLUSTER_SECRET,ENABLE_X,METRICS_PROT,MUSTER_A,POD_IP\n",
  );
});
