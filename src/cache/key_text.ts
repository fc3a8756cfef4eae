import { KEY_BYTES_MAX } from "../cluster/wire/invalidation_codec.ts";
import { received } from "../metrics/received.ts";

/** Characters of a key or tag at most: in UTF-8 each takes up to three bytes. */
const KEY_LENGTH_MAX = Math.floor(KEY_BYTES_MAX / 3);

/**
 * Throws where a key or tag could not be told to other nodes.
 *
 * @throws {TypeError} with a sentence that names the cache and the rule.
 */
export function checkText(cache: string, what: "key" | "tag", text: unknown): void {
  // What is not well-formed would arrive as another text.
  if (typeof text === "string" && text.length <= KEY_LENGTH_MAX && text.isWellFormed()) return;
  throw new TypeError(
    `Cannot use a ${what} with the cache "${cache}": it must be ${ruleFor(text)}`,
  );
}

function ruleFor(text: unknown): string {
  if (typeof text !== "string") return `a string: received ${received(text)}`;
  return text.length > KEY_LENGTH_MAX
    ? `at most ${KEY_LENGTH_MAX} characters long: received ${text.length}: take a hash of it`
    : `well-formed Unicode: received ${received(text)}`;
}

/**
 * The same for all tags of a value. A text is refused, as each of its letters would be one.
 *
 * @throws {TypeError} for the first that is wrong.
 */
export function checkTags(cache: string, tags: unknown): void {
  if (!Array.isArray(tags)) throw wrongTags(cache, tags);
  for (const tag of tags) checkText(cache, "tag", tag);
}

function wrongTags(cache: string, tags: unknown): TypeError {
  // An async function passes as one that gives tags; its rejection would end the process.
  if (tags instanceof Promise) tags.catch(() => {});
  const what = tags instanceof Promise ? "a promise" : received(tags);
  return new TypeError(
    `Cannot use tags with the cache "${cache}": they must be a list: received ${what}`,
  );
}
