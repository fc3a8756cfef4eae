import type { Clock } from "../io/clock.ts";
import type { DnsClient } from "../io/dns_client.ts";
import { canonicalName, nameProblem } from "../io/dns_record.ts";
import type { Random } from "../io/random.ts";
import { nothingFound } from "./discovery_hosts.ts";
import { lookupList, parsePeers } from "./discovery_list.ts";
import { lookupService, type ServiceNames } from "./discovery_lookup.ts";
import { PollingDiscovery } from "./discovery_poller.ts";
import type { Discovery } from "./discovery_view.ts";

export type { Discovery, DiscoveryMode, DiscoveryView } from "./discovery_view.ts";

/** Options of every mode. */
export interface SharedDiscoveryOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** More addresses are cut, in sorted order. @default {5000} */
  readonly addressesMax?: number;
  /** A `refresh` this soon after a poll does not ask again, in milliseconds. @default {500} */
  readonly refreshGapMs?: number;
}

/** Finds peers through a headless service. */
export interface DnsDiscoveryOptions extends SharedDiscoveryOptions {
  readonly mode: "dns";
  readonly client: DnsClient;
  /** Fully qualified, with or without the final dot: `muster.default.svc.cluster.local`. */
  readonly service: string;
  /** The name of the service's port, without underscore: `metrics`. */
  readonly portName: string;
  /** The port where SRV gives none, 1 to 65535. */
  readonly defaultPort: number;
}

/** Takes peers from a list. */
export interface StaticDiscoveryOptions extends SharedDiscoveryOptions {
  readonly mode: "static";
  readonly client: DnsClient;
  /** `ip:port`, `[ipv6]:port`, or `name:port` with a fully qualified name, looked up at each poll. */
  readonly peers: readonly string[];
}

/** Has no peers. */
export interface NoDiscoveryOptions extends SharedDiscoveryOptions {
  readonly mode: "none";
}

/** How peers are found. */
export type DiscoveryOptions = DnsDiscoveryOptions | StaticDiscoveryOptions | NoDiscoveryOptions;

/**
 * A discovery that has not started. All modes poll, so that a list is answered again and again like a
 * name; addresses in a list, and having no peers, cost no question.
 *
 * @throws {RangeError} If a name, port, limit or peer is not valid.
 */
export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { mode, clock, random, addressesMax = 5_000, refreshGapMs = 500 } = options;
  if (!(Number.isInteger(addressesMax) && addressesMax >= 1)) {
    throw new RangeError(
      `Cannot create discovery: addressesMax must be a whole number from 1: received ${addressesMax}`,
    );
  }
  const shared = { mode, clock, random, addressesMax, refreshGapMs };
  switch (options.mode) {
    case "dns": {
      const { client } = options;
      const names = serviceNames(options);
      return new PollingDiscovery({
        ...shared,
        name: names.srvName,
        servers: client.servers,
        lookup: (previous, signal) => lookupService(client, names, previous, signal),
      });
    }
    case "static": {
      const { client } = options;
      const list = parsePeers(options.peers);
      return new PollingDiscovery({
        ...shared,
        name: null,
        servers: list.hosts.length > 0 ? client.servers : [],
        lookup: (_previous, signal) => lookupList(client, list, signal),
      });
    }
    case "none":
      return new PollingDiscovery({
        ...shared,
        name: null,
        servers: [],
        lookup: () => ({ ...nothingFound, source: "list" }),
      });
  }
}

function serviceNames(options: DnsDiscoveryOptions): ServiceNames {
  const { portName, defaultPort } = options;
  const service = canonicalName(options.service);
  const srvName = `_${portName}._tcp.${service}`;
  if (!/^[A-Za-z0-9-]+$/.test(portName)) {
    throw new RangeError(
      "Cannot create discovery: portName must be letters, digits and '-': received " +
        JSON.stringify(portName),
    );
  }
  const problem = nameProblem(srvName);
  if (problem !== null) {
    throw new RangeError(
      `Cannot create discovery: ${problem}: received ${JSON.stringify(srvName)}`,
    );
  }
  if (!(Number.isInteger(defaultPort) && defaultPort >= 1 && defaultPort <= 65_535)) {
    throw new RangeError(
      `Cannot create discovery: defaultPort must be 1 to 65535: received ${defaultPort}`,
    );
  }
  return { srvName, service, defaultPort };
}
