// Measures what a scrape of a million samples does to everything else in the process, over HTTP and
// with gzip, as Prometheus asks for it: `deno run -A bench/loop_delay.ts`.
import { startMuster } from "../src/start_muster.ts";
import { within } from "./bars.ts";
import type { Bar } from "./comparison.ts";
import { threadClock } from "./thread_time.ts";

/** Each has a counter, and a histogram's 12 buckets, sum and count. */
const LABEL_SETS = 66_667;
const LABELS = ["method", "route", "status"] as const;
const SCRAPES = 5;
const IDLE_MS = 2_000;
const HELLO = "--hello";
const HELD_MS_MAX = 10;
const LIMIT = `the limit of ${HELD_MS_MAX} ms`;

/** The least, the middle and the greatest of what one contender was measured at. */
interface Spread {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Rows of the results. */
interface Rows {
  readonly title: string;
  readonly unit: string;
  readonly spreads: readonly Spread[];
  readonly bars: readonly Bar[];
  readonly note: string;
}

/** What was measured while something went on. */
interface Delays {
  /** How late a timer of 1 ms fired, in milliseconds. */
  readonly loop: readonly number[];
  /** For how long this thread computed between two timers, in milliseconds. */
  readonly held: readonly number[];
  /** How long another process waited for "hello", in milliseconds. */
  readonly hello: readonly number[];
}

/** Measures, and gives each figure idle and while the cluster's metrics are scraped. */
export async function loopDelays(): Promise<Rows[]> {
  await using muster = await startMuster({
    settings: {
      METRICS_PORT: "0",
      METRICS_LISTEN_HOST: "127.0.0.1",
      METRICS_SERIES_PER_FAMILY_MAX: "1000000",
    },
    log: { log: () => {} },
  });
  await using hello = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("hello"),
  );
  fill(muster.registry);
  const url = `http://127.0.0.1:${muster.opsAddress.port}/metrics`;
  const helloUrl = `http://127.0.0.1:${hello.addr.port}/`;
  // The first scrapes encode all label sets and compile the code.
  for (let i = 0; i < 2; i++) await scrape(url);
  const idle = await during(helloUrl, () => new Promise((done) => setTimeout(done, IDLE_MS)));
  const times: number[] = [];
  const scraped = await during(helloUrl, async () => {
    for (let i = 0; i < SCRAPES; i++) times.push(await scrape(url));
  });
  return rowsOf(idle, scraped, times);
}

function rowsOf(idle: Delays, scraped: Delays, times: readonly number[]): Rows[] {
  const figure = (what: keyof Delays) => (share: number) => [
    single("while scraped", quantile(scraped[what], share)),
    single("idle", quantile(idle[what], share)),
  ];
  const rows = (
    title: string,
    spreads: readonly Spread[],
    note: string,
    bars: readonly Bar[] = [],
  ): Rows => ({ title, unit: "ms", spreads, bars, note });
  const lateness = "how late a timer of 1 ms fires; whatever else the machine does is in it.";
  return [
    rows("a million samples over HTTP with gzip", [spreadOf("Muster", times)], "one node's."),
    rows(
      "event loop held at a time, at most",
      [...figure("held")(1), single(LIMIT, HELD_MS_MAX)],
      "processor time of the loop's thread between two timers of 1 ms, as other processes take none of it.",
      [within(1, LIMIT)],
    ),
    rows("event loop delay, p99", figure("loop")(0.99), lateness),
    rows("event loop delay, greatest", figure("loop")(1), lateness),
    rows("hello world from another process, p99", figure("hello")(0.99), "one after another."),
  ];
}

function fill(registry: Awaited<ReturnType<typeof startMuster>>["registry"]): void {
  const counter = registry.counter({ name: "http_requests_total", help: "R.", labels: LABELS });
  const histogram = registry.histogram({ name: "http_seconds", help: "T.", labels: LABELS });
  for (let i = 0; i < LABEL_SETS; i++) {
    const labels = {
      method: i % 2 === 0 ? "GET" : "POST",
      route: `/api/v1/items/${i >> 4}`,
      status: String(200 + ((i >> 1) & 7)),
    };
    counter.inc(labels, i % 1_000);
    histogram.observe(labels, i % 12);
  }
}

/** Scrapes from another process, as decompressing here would be measured too. Gives milliseconds. */
async function scrape(url: string): Promise<number> {
  const { stdout } = await new Deno.Command("curl", {
    args: ["-sS", "-o", "/dev/null", "-w", "%{http_code} %{time_total}"].concat(
      ["-H", "Accept-Encoding: gzip", "-H", "Accept: application/openmetrics-text", url],
    ),
  }).output();
  const [status, seconds] = new TextDecoder().decode(stdout).split(" ");
  if (status !== "200") throw new Error(`The scrape was answered with ${status}`);
  return Number(seconds) * 1000;
}

const threadMs = threadClock() ?? (() => performance.now());

/** Measures delays while `work` goes on. */
async function during(helloUrl: string, work: () => Promise<void>): Promise<Delays> {
  const caller = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.url, HELLO, helloUrl],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const stdout = caller.stdout.pipeThrough(new TextDecoderStream()).getReader();
  // It says when it has warmed up.
  await stdout.read();
  const loop: number[] = [];
  const held: number[] = [];
  let isOver = false;
  let last = performance.now();
  let lastThreadMs = threadMs();
  const tick = () => {
    const now = performance.now();
    const nowThreadMs = threadMs();
    loop.push(Math.max(0, now - last - 1));
    held.push(nowThreadMs - lastThreadMs);
    last = now;
    lastThreadMs = nowThreadMs;
    if (!isOver) setTimeout(tick, 1);
  };
  setTimeout(tick, 1);
  await work();
  isOver = true;
  await caller.stdin.close();
  let text = "";
  while (true) {
    const { done, value } = await stdout.read();
    if (done) break;
    text += value;
  }
  await caller.status;
  return { loop, held, hello: JSON.parse(text) };
}

/** The other process: asks for hello until its input ends, and prints how long each took. */
async function sayHello(url: string): Promise<void> {
  const ask = async () => {
    const start = performance.now();
    await (await fetch(url)).text();
    return performance.now() - start;
  };
  for (let i = 0; i < 100; i++) await ask();
  await Deno.stdout.write(new TextEncoder().encode("ready"));
  let isOver = false;
  const ended = Deno.stdin.read(new Uint8Array(1)).then(() => isOver = true);
  const times: number[] = [];
  while (!isOver) {
    times.push(await ask());
    await new Promise((done) => setTimeout(done, 2));
  }
  await ended;
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(times)));
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

function single(name: string, value: number): Spread {
  return { name, median: value, min: value, max: value };
}

function spreadOf(name: string, values: readonly number[]): Spread {
  return {
    name,
    median: quantile(values, 0.5),
    min: quantile(values, 0),
    max: quantile(values, 1),
  };
}

if (import.meta.main) {
  if (Deno.args[0] === HELLO) await sayHello(Deno.args[1]!);
  else {
    for (const { title, unit, spreads } of await loopDelays()) {
      const texts = spreads.map(({ name, median }) => `${name} ${median.toFixed(1)} ${unit}`);
      await Deno.stdout.write(new TextEncoder().encode(`${title}: ${texts.join(", ")}\n`));
    }
  }
}
