import { systemClock } from "../../src/io/clock.ts";
import { parseText } from "../exposition/strict_text_parser.ts";
import { sampleOf } from "../integration/running_node.ts";
import { Prometheus } from "../servers/prometheus.ts";
import { until } from "../until.ts";
import { Fleet } from "./fleet.ts";
import { play, type Scenario } from "./scenario.ts";

/** The counter of which the truth is known. */
const COUNTER = "it_requests_total";
/** A rule that adds the pods up, as a plain sum over them does. */
const PLAIN_SUM = "pods:it_requests:plain_sum";

/** What Prometheus stored of a run, and what is true. */
export interface Evidence {
  readonly seconds: number;
  /** Processes that were started. */
  readonly lives: number;
  /** Requests that were counted for sure. */
  readonly counted: number;
  /** Requests over which a process died before it had said that it counted them. */
  readonly unsure: number;
  /** The most that the crashes may have lost. */
  readonly losable: number;
  /** What every pod said in the end; more than one value if they disagreed. */
  readonly answers: readonly number[];
  /** Merged series that only grow. */
  readonly series: number;
  /** Those of them that fell, with how often. */
  readonly resets: readonly (readonly [series: string, resets: number])[];
  /** `increase()` over the whole run. */
  readonly increase: number;
  /** Scrapes through the balancer, and those that were answered. */
  readonly scrapes: number;
  readonly answered: number;
  /** Addresses at which a pod answered any of them. */
  readonly answerers: number;
  /** The plain sum over pods, each scraped by itself. */
  readonly plainSum: { readonly resets: number; readonly increase: number };
  /** `sum(increase())` over the pods. */
  readonly summedIncreases: number;
}

/** Plays a scenario before a Prometheus that scrapes the balancer every second, and each pod as well. */
export async function gatherEvidence(
  scenario: Scenario,
  tell: (line: string) => void,
): Promise<Evidence> {
  await using stack = new AsyncDisposableStack();
  const fleet = stack.use(await Fleet.start(scenario.pods));
  const rules = await Deno.makeTempFile({ prefix: "muster-proof-", suffix: ".yml" });
  stack.defer(() => Deno.remove(rules));
  await Deno.writeTextFile(rules, ruleFile());
  const prometheus = stack.use(
    await Prometheus.start({
      scrapeConfigs: scrapeConfigs(fleet),
      more: `rule_files: ["${rules}"]`,
    }),
  );
  const stored = (expr: string, value: number) =>
    until(async () => await prometheus.value(expr) === value, {
      what: `Prometheus to store ${value} of ${expr}`,
      deadlineMs: 30_000,
      everyMs: 200,
      details: () => prometheus.log,
    });
  // Counting begins when zero is stored, so that nothing is before the first sample.
  const startMs = systemClock.nowMs();
  await stored(`${COUNTER}{job="muster"}`, 0);
  await stored(PLAIN_SUM, 0);
  fleet.load();
  await play(scenario, fleet, tell);
  await fleet.unload();
  const texts = await finalTexts(fleet);
  const answers = [...new Set(texts.map((text) => sampleOf(text, COUNTER) ?? NaN))];
  await stored(`${COUNTER}{job="muster"}`, answers[0]!);
  const seconds = Math.ceil((systemClock.nowMs() - startMs) / 1000);
  const over = `[${seconds}s]`;
  const value = async (expr: string) => await prometheus.value(expr) ?? NaN;
  const { series, resets } = await resetsOf(prometheus, growingNames(texts[0]!), over);
  const { counted, unsure, losable } = fleet.truth;
  return {
    seconds,
    lives: fleet.lives,
    counted,
    unsure,
    losable,
    answers,
    series,
    resets,
    increase: await value(`increase(${COUNTER}{job="muster"}${over})`),
    scrapes: await value(`count_over_time(up{job="muster"}${over})`),
    answered: await value(`sum_over_time(up{job="muster"}${over})`),
    answerers: await value(
      `count(max_over_time(muster_scrapes_total{job="pods",outcome="exposed"}${over}) > 0)`,
    ),
    plainSum: {
      resets: await value(`resets(${PLAIN_SUM}${over})`),
      increase: await value(`increase(${PLAIN_SUM}${over})`),
    },
    summedIncreases: await value(`sum(increase(${COUNTER}{job="pods"}${over}))`),
  };
}

/** What is wrong with the evidence, in sentences; none where every promise held. */
export function problemsOf(evidence: Evidence): string[] {
  const { answers, counted, unsure, losable, increase, series, resets } = evidence;
  const problems = resets.map(([name, times]) => `${name} fell ${times} times`);
  const least = counted - losable;
  const most = counted + unsure;
  if (answers.length !== 1) problems.push(`the pods ended with different totals: ${answers}`);
  for (const answer of answers) {
    if (answer >= least && answer <= most) continue;
    problems.push(`a pod ended with ${answer}, which must be ${least} to ${most}`);
  }
  // Prometheus extrapolates an increase to the ends of its range, here by a scrape at most.
  const slack = 1 + 2 / evidence.seconds;
  if (!(increase >= least / slack && increase <= most * slack)) {
    problems.push(`increase() is ${increase}, which must be ${least} to ${most}`);
  }
  if (series < 20) problems.push(`only ${series} merged series were looked at`);
  // The proof would prove nothing if the usual way did not fail in the same run.
  if (!(evidence.plainSum.resets > 0)) problems.push("the plain sum over pods never fell");
  if (!(evidence.answerers > 2)) problems.push(`only ${evidence.answerers} pods were scraped`);
  if (!(evidence.answered > evidence.scrapes / 2)) {
    problems.push(`only ${evidence.answered} of ${evidence.scrapes} scrapes were answered`);
  }
  return problems;
}

/** The expositions of all pods, once they agree on the counter or time is up. */
async function finalTexts(fleet: Fleet): Promise<readonly string[]> {
  let texts: string[] = [];
  const agree = async () => {
    texts = await Promise.all(fleet.processes.map((process) => process.get("/metrics")));
    return new Set(texts.map((text) => sampleOf(text, COUNTER))).size === 1;
  };
  await until(agree, { what: "the pods to agree", deadlineMs: 15_000, everyMs: 500 }).catch(
    (error) => {
      if (texts.length === 0) throw error;
    },
  );
  return texts;
}

/** The names of all samples that only grow. */
function growingNames(text: string): ReadonlySet<string> {
  const growing = ["counter", "histogram", "summary"];
  return new Set(
    parseText(text).filter(({ type }) => growing.includes(type)).flatMap(({ samples }) =>
      samples.filter(({ labels }) => !labels.has("quantile")).map(({ name }) => name)
    ),
  );
}

async function resetsOf(
  prometheus: Prometheus,
  names: ReadonlySet<string>,
  over: string,
): Promise<Pick<Evidence, "series" | "resets">> {
  let series = 0;
  const resets: (readonly [string, number])[] = [];
  for (const name of names) {
    for (
      const { metric, value } of await prometheus.query(`resets(${name}{job="muster"}${over})`)
    ) {
      series++;
      const times = Number(value![1]);
      if (times !== 0) resets.push([`${name}${JSON.stringify(metric)}`, times]);
    }
  }
  return { series, resets };
}

function scrapeConfigs(fleet: Fleet): string {
  return `- job_name: muster
  honor_labels: true
  static_configs: [{ targets: ["${fleet.address}"] }]
- job_name: pods
  metrics_path: /metrics/node
  file_sd_configs: [{ files: ["${fleet.targetsPath}"] }]
  metric_relabel_configs: [{ source_labels: [__name__], regex: "it_.*|muster_scrapes_total", action: keep }]`;
}

function ruleFile(): string {
  return `groups:
- name: usual
  rules: [{ record: "${PLAIN_SUM}", expr: 'sum(${COUNTER}{job="pods"})' }]
`;
}
