import { constants, crc32, deflateRawSync } from "node:zlib";

/** The most bytes that are compressed at a time: well under a millisecond. */
const PIECE_BYTES = 65_536;
/**
 * Metrics compress to a fifteenth at this level in a quarter of the default level's time; that one
 * makes them a quarter smaller still.
 */
const LEVEL = 2;
// RFC 1952 §2.3: deflate, no name, no time, system unknown.
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
// RFC 1951 §3.2.3: a last block without content.
const END_OF_DEFLATE = [3, 0] as const;

/**
 * Compresses chunks as one gzip member (RFC 1952), each by itself. The streams of the platform write
 * whatever they are given in one go; here the caller can pause between any two pieces. Empty chunks
 * stay what they are. Chunks may be lent: none is looked at once the next one was taken.
 */
export function* gzipped(
  chunks: Iterable<Uint8Array<ArrayBuffer>>,
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  let checksum = 0;
  let length = 0;
  yield HEADER;
  for (const chunk of chunks) {
    if (chunk.length === 0) yield chunk;
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      checksum = crc32(piece, checksum);
      length += piece.length;
      yield bytesOf(deflateRawSync(piece, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH }));
    }
  }
  yield trailer(checksum, length);
}

function trailer(checksum: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(10);
  bytes.set(END_OF_DEFLATE);
  const view = new DataView(bytes.buffer);
  view.setUint32(2, checksum, true);
  view.setUint32(6, length, true);
  return bytes;
}

/** Without the type of Node's buffer, which may be a view of something larger. */
function bytesOf({ buffer, byteOffset, length }: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}
