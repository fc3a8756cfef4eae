import type { ExemplarNews } from "./exemplar_news.ts";
import type { InvalidationNews } from "./invalidation.ts";
import type { Message } from "./wire/message.ts";

/** The message, and with it what rides on it: sections that a reader may do without. */
export function withNews(
  message: Message,
  invalidations: InvalidationNews | undefined,
  exemplars?: ExemplarNews,
): Message {
  const told = invalidations === undefined ? message : { ...message, invalidations };
  return exemplars === undefined ? told : { ...told, exemplars };
}
