// `deno task demo`: a cluster of real processes on this machine, without root and without Kubernetes.
import type { ClusterEvent } from "../cluster/event_log.ts";
import { sleep, systemClock } from "../io/clock.ts";
import { createFetchClient } from "../io/http_fetch.ts";
import { systemRandom } from "../io/random.ts";
import { ClusterView } from "./cluster_view.ts";
import { DnsResponder } from "./dns_responder.ts";
import { followEvents } from "./event_feed.ts";
import { Fleet } from "./fleet.ts";
import { readKeys } from "./keys.ts";
import { Screen } from "./screen.ts";
import { Service } from "./service.ts";
import { readable, stateTable } from "./state_table.ts";
import { ORDERS_METRIC } from "./traffic.ts";

const NODES = 3;
const STATUS_EVERY_MS = 1_000;
const SIGNAL_ECHO_MS = 1_000;
const EXIT_BAD_ARGUMENTS = 2;
const KEYS = "k kill a node   t stop one gracefully   r restart one   a add one   s state   q quit";
const KEYS_IN_SHORT = "k kill  t stop  r restart  a add  s state  q quit";

if (import.meta.main) Deno.exit(await main(Deno.args));

/** Runs the demo until it is told to end. Returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const quit = new AbortController();
  const screen = new Screen(() => quit.abort());
  const seconds = secondsOf(args);
  if (seconds === null) {
    screen.print(
      "Usage: deno task demo [--seconds N], N from 1 to 86400: ends by itself after that.",
    );
    return EXIT_BAD_ARGUMENTS;
  }
  let quitAtMs = Infinity;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      const nowMs = systemClock.nowMs();
      // Nodes end with this process, in whatever way it does. The echo is of the task runner.
      if (nowMs - quitAtMs > SIGNAL_ECHO_MS) Deno.exit(1);
      quitAtMs = Math.min(quitAtMs, nowMs);
      quit.abort();
    });
  }
  if (seconds !== undefined) {
    void sleep(systemClock, seconds * 1000, quit.signal).then(() => quit.abort());
  }
  await run(screen, quit);
  screen.close();
  screen.print("All nodes have ended.");
  return 0;
}

async function run(screen: Screen, quit: AbortController): Promise<void> {
  const { signal } = quit;
  await using dns = await DnsResponder.start(() => fleet.endpoints);
  const dnsServer = `${dns.host}:${dns.port}`;
  await using service = new Service(() => fleet.nodes);
  await using fleet = new Fleet({
    clock: systemClock,
    secret: systemRandom.bytes(32).toHex(),
    dnsServer,
    onEnd: (sentence) => screen.print(stamped(sentence)),
  });
  using http = closing(createFetchClient({ clock: systemClock }));
  const view = new ClusterView(http.client, service.url);
  for (let i = 0; i < NODES; i++) fleet.add();
  introduce(screen, fleet, service.url, dnsServer);
  const giveBack = readKeys((key) => void act(key, fleet, view, screen, quit));
  const onEvent = (event: ClusterEvent, reporter: string) => {
    screen.print(eventLine(screen, event, reporter));
  };
  const events = followEvents({ clock: systemClock, nodes: () => fleet.nodes, onEvent, signal });
  await watchTotal(screen, fleet, view, signal);
  giveBack();
  await events;
}

function introduce(screen: Screen, fleet: Fleet, serviceUrl: string, dnsServer: string): void {
  const nodes = fleet.nodes.flatMap(({ name, pid, endpoint: { ip, port } }) => {
    const base = `http://${ip}:${port}`;
    return [
      `  ${name}  ${base}/metrics  process ${pid}`,
      screen.dim(`          ${base}/cluster/topology`),
      screen.dim(`          ${base}/cluster/events`),
    ];
  });
  screen.print(
    "",
    `A cluster of ${NODES} processes on this machine. They find each other by DNS at ${dnsServer}.`,
    "",
    `  ${screen.bold("merged metrics")}   ${screen.bold(`${serviceUrl}/metrics`)}`,
    "",
    "Any node may answer there, and each answers for all. Each has its own pages, too:",
    "",
    ...nodes,
    "",
    `Keys: ${KEYS}`,
    "",
  );
}

async function act(
  key: string,
  fleet: Fleet,
  view: ClusterView,
  screen: Screen,
  quit: AbortController,
): Promise<void> {
  if (quit.signal.aborted) return;
  switch (key) {
    case "k":
      return screen.print(stamped(fleet.kill()));
    case "t":
      return screen.print(stamped(fleet.stop()));
    case "r":
      return screen.print(stamped(fleet.restart()));
    case "a":
      return screen.print(stamped(fleet.add()));
    case "s": {
      const { nodes } = fleet;
      const [statuses, ownOrders] = await Promise.all([view.statuses(), view.ownOrders(nodes)]);
      // Last, so that it holds at least what the nodes told before.
      const merged = await view.merged();
      const table = stateTable({ nodes, statuses, ownOrders, merged });
      return screen.print("", ...table.map((line) => `  ${line}`), "");
    }
    case "q":
      return quit.abort();
  }
}

/** Scrapes the merged total again and again, and shows it where there is a terminal. */
async function watchTotal(
  screen: Screen,
  fleet: Fleet,
  view: ClusterView,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const merged = await view.merged();
    const running = fleet.nodes.filter(({ phase }) => phase === "running").length;
    const total = typeof merged === "string"
      ? merged
      : `${ORDERS_METRIC} ${readable(merged.orders)} from ${merged.answeredBy}`;
    screen.status(`${running} run  ${total}  ${KEYS_IN_SHORT}`);
    await sleep(systemClock, STATUS_EVERY_MS, signal);
  }
}

function eventLine(screen: Screen, event: ClusterEvent, reporter: string): string {
  const text = stamped(`${event.node} is ${screen.bold(event.kind)}: ${event.cause}`, event.at);
  return `${text} ${screen.dim(`(${reporter} saw it)`)}`;
}

function stamped(sentence: string, atMs: number = systemClock.wallMs()): string {
  return `${new Date(atMs).toLocaleTimeString("en-GB")}  ${sentence}`;
}

/** The seconds that were asked for, undefined for none, null where the arguments are wrong. */
function secondsOf(args: readonly string[]): number | undefined | null {
  if (args.length === 0) return undefined;
  const text = args[0] === "--seconds" ? args[1] : /^--seconds=(.*)$/.exec(args[0]!)?.[1];
  const isWhole = text !== undefined && /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 86_400;
  return isWhole && args.length <= 2 ? Number(text) : null;
}

function closing<T extends { close(): void }>(client: T): { client: T } & Disposable {
  return { client, [Symbol.dispose]: () => client.close() };
}
