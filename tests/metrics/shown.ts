import { TextRenderer } from "../../src/exposition/text.ts";
import type { Registry } from "../../src/metrics/registry.ts";

/** The sample lines that a registry exposes after a stamp. */
export async function shown(registry: Registry): Promise<string[]> {
  registry.shard.stamp();
  const text = await new Blob([...new TextRenderer().render(registry.shard)]).text();
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
