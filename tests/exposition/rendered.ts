import { type RenderSource, TextRenderer } from "../../src/exposition/text.ts";

/** Chunks put together. */
export function joined(chunks: Iterable<Uint8Array>): Uint8Array<ArrayBuffer> {
  const parts = [...chunks];
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The whole exposition as text; throws if it is not UTF-8. */
export function rendered(
  source: RenderSource,
  renderer: TextRenderer = new TextRenderer(),
): string {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return decoder.decode(joined(renderer.render(source)));
}
