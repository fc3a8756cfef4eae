import type { TextRenderer } from "../../exposition/text.ts";
import type { OwnShard } from "../../metrics/own_shard.ts";

/** What a renderer makes of metrics, as one text. */
export function textOf(renderer: TextRenderer, shards: readonly OwnShard[]): string {
  const decoder = new TextDecoder();
  let text = "";
  for (const chunk of renderer.render(shards)) text += decoder.decode(chunk, { stream: true });
  return text;
}
