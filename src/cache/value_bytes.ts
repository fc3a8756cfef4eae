const encoder = new TextEncoder();

/**
 * About the bytes of a value: of a string in UTF-16, of a buffer or a view of one as it is, of
 * anything else its JSON, or nothing where it has none.
 */
export function valueBytes(value: unknown): number {
  if (typeof value === "string") return 2 * value.length;
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
  const json: string | undefined = JSON.stringify(value);
  return json === undefined ? 0 : encoder.encode(json).length;
}
