import { Buffer } from "node:buffer";

/** The bytes of a message on the wire; undefined for what has no size before it is sent. */
export function messageBytes(data: unknown): number | undefined {
  if (typeof data === "string") return Buffer.byteLength(data);
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data.byteLength;
  return data instanceof Blob ? data.size : undefined;
}
