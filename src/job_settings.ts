import { readVariable } from "./config/sources.ts";

/**
 * The settings of a process that is a job: any free port will do, unless one is set, or peers are found
 * by DNS. There a Service may list the job at the usual port, and peers without SRV records are asked at
 * this node's own.
 */
export function jobSettings(
  settings: Readonly<Record<string, string>>,
  environment: (name: string) => string | undefined,
): Readonly<Record<string, string>> {
  const env = (name: string) => settings[name] ?? environment(name);
  const given = (name: string) => readVariable({ env }, name);
  const discovery = given("CLUSTER_DISCOVERY") ?? (given("CLUSTER_DNS_NAME") && "dns");
  if (given("METRICS_PORT") !== undefined || discovery === "dns") return settings;
  return { ...settings, METRICS_PORT: "0" };
}
