import { assertEquals } from "@std/assert";
import { ExpositionParser } from "../src/exposition/parser/exposition_parser.ts";
import { TextRenderer } from "../src/exposition/text.ts";
import type { Comparison } from "./comparison.ts";
import { SAMPLES_PER_LABEL_SET, Workload } from "./workload.ts";

const LABEL_SETS = 10_000;

/** Reading another exporter's exposition. */
export function parsing(): Comparison[] {
  const { muster } = new Workload({ labelSets: LABEL_SETS }).registries;
  muster.shard.stamp();
  const chunks = [...new TextRenderer().render(muster.shard)];
  const parse = () => {
    const parser = new ExpositionParser("text");
    for (const chunk of chunks) parser.push(chunk);
    return parser.finish();
  };
  const samples = LABEL_SETS * SAMPLES_PER_LABEL_SET;
  return [{
    title: `parse ${samples / 1000}k samples`,
    unit: "ms",
    operations: 1,
    runs: 9,
    warmups: 3,
    bars: [],
    contenders: [{ name: "Muster", run: () => void parse() }],
    verify: () =>
      assertEquals(parse().map(({ name }) => name), [
        "http_request_duration_seconds",
        "http_requests_total",
      ]),
  }];
}
