import { createDiscovery } from "./cluster/discovery.ts";
import type { Discovery } from "./cluster/discovery_view.ts";
import type { Config } from "./config.ts";
import { createDnsClient, type DnsClient } from "./io/dns_client.ts";
import { readResolvConf } from "./io/resolv_conf.ts";
import type { Platform } from "./platform.ts";

/**
 * For one question, all name servers and rounds included. A poll asks at most twice in a row (SRV, then
 * A and AAAA together), and must not outlast a scrape.
 */
const QUESTION_DEADLINE_MS = 4_000;

/** The discovery that the configuration asks for, not yet started. */
export async function composeDiscovery(config: Config, platform: Platform): Promise<Discovery> {
  const { clock, random } = platform;
  const { discovery } = config;
  switch (discovery.kind) {
    case "none":
      return createDiscovery({ mode: "none", clock, random });
    case "static": {
      const client = await composeDnsClient(undefined, platform);
      return createDiscovery({ mode: "static", clock, random, client, peers: discovery.peers });
    }
    case "dns":
      return createDiscovery({
        mode: "dns",
        clock,
        random,
        client: await composeDnsClient(discovery.servers, platform),
        service: discovery.name,
        portName: discovery.portName,
        defaultPort: config.metricsPort,
      });
  }
}

async function composeDnsClient(
  servers: readonly { readonly address: string; readonly port: number }[] | undefined,
  { clock, random, log }: Platform,
): Promise<DnsClient> {
  const conf = await readResolvConf();
  if (servers === undefined) {
    for (const ignored of conf.ignored) log.log("warning", ignored);
  }
  return createDnsClient({
    servers: servers ?? conf.servers,
    timeoutMs: conf.timeoutMs,
    attempts: conf.attempts,
    deadlineMs: QUESTION_DEADLINE_MS,
    clock,
    random,
  });
}
