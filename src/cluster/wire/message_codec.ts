import { ByteReader, WireError } from "./byte_reader.ts";
import { ByteWriter } from "./byte_writer.ts";
import { readDeparted, readDigest, writeDeparted, writeDigest } from "./digest_codec.ts";
import {
  readBasePart,
  readFoldedSummary,
  writeBasePart,
  writeFoldedSummary,
} from "./folded_codec.ts";
import type { ExemplarNews } from "../exemplar_news.ts";
import { readExemplars, writeExemplars } from "./exemplar_codec.ts";
import { readHello, writeHello } from "./identity_codec.ts";
import type { InvalidationNews } from "../invalidation.ts";
import { readInvalidations, writeInvalidations } from "./invalidation_codec.ts";
import {
  type BasePart,
  type DepartedRow,
  type Digest,
  type FoldedSummary,
  type Hello,
  type Message,
  type ShardDelta,
  type Want,
  type WantedShard,
  WIRE_VERSION,
} from "./message.ts";
import { readShard, writeShard } from "./shard_codec.ts";
import { readWant, readWanted, writeWant, writeWanted } from "./want_codec.ts";

/** The media type of a message. */
export const MESSAGE_MEDIA_TYPE = "application/vnd.muster.exchange";

// "MSTR", the version, sections, and a checksum; a reader skips the types that it does not know.
const MAGIC = [0x4d, 0x53, 0x54, 0x52];
const HELLO = 1;
const DIGEST = 2;
const WANT = 3;
const SHARD = 4;
const DEPARTED = 5;
const MORE = 6;
const FOLDED = 7;
const BASE = 8;
// From here on what a reader may do without.
const INVALIDATIONS = 16;
const EXEMPLARS = 17;

/** What came of reading a message. */
export type Decoded =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "malformed"; readonly reason: string }
  | { readonly kind: "version"; readonly received: number };

/** The bytes of a message. */
export function encodeMessage(message: Message): Uint8Array<ArrayBuffer> {
  const to = ByteWriter.taken();
  to.bytes(Uint8Array.from(MAGIC));
  to.varint(WIRE_VERSION);
  to.section(HELLO, (body) => writeHello(body, message.hello));
  const { digest, want, departed, folded, base } = message;
  if (digest !== null) to.section(DIGEST, (body) => writeDigest(body, digest));
  if (want !== null) to.section(WANT, (body) => writeWant(body, want));
  for (const shard of message.shards) to.section(SHARD, (body) => writeShard(body, shard));
  if (departed !== null) to.section(DEPARTED, (body) => writeDeparted(body, departed));
  if (folded !== null) to.section(FOLDED, (body) => writeFoldedSummary(body, folded));
  if (base !== null) to.section(BASE, (body) => writeBasePart(body, base));
  if (message.more.length > 0) to.section(MORE, (body) => writeWanted(body, message.more));
  const { invalidations, exemplars } = message;
  if (invalidations !== undefined) {
    to.section(INVALIDATIONS, (body) => writeInvalidations(body, invalidations));
  }
  if (exemplars !== undefined) to.section(EXEMPLARS, (body) => writeExemplars(body, exemplars));
  to.checksum();
  const bytes = to.finish();
  to.giveBack();
  return bytes;
}

/** Reads a whole message, or says what is wrong with it. Nothing is applied by reading. */
export function decodeMessage(bytes: Uint8Array): Decoded {
  try {
    const from = new ByteReader(bytes);
    for (const byte of MAGIC) {
      if (from.left === 0 || from.bytes(1)[0] !== byte) from.fail(`"MSTR" must begin a message`);
    }
    const version = from.varint();
    if (version !== WIRE_VERSION) return { kind: "version", received: version };
    return { kind: "message", message: readSections(from.checked()) };
  } catch (error) {
    if (error instanceof WireError) return { kind: "malformed", reason: error.message };
    throw error;
  }
}

function readSections(from: ByteReader): Message {
  let hello: Hello | null = null;
  let digest: Digest | null = null;
  let want: Want | null = null;
  let departed: DepartedRow[] | null = null;
  let folded: FoldedSummary | null = null;
  let base: BasePart | null = null;
  let more: WantedShard[] = [];
  let invalidations: InvalidationNews | null = null;
  let exemplars: ExemplarNews | null = null;
  const shards: ShardDelta[] = [];
  while (from.left > 0) {
    const type = from.varint();
    const body = from.part(from.varint());
    if (type === HELLO) hello = readHello(body);
    else if (type === DIGEST) digest = readDigest(body);
    else if (type === WANT) want = readWant(body);
    else if (type === SHARD) shards.push(readShard(body));
    else if (type === DEPARTED) departed = readDeparted(body);
    else if (type === FOLDED) folded = readFoldedSummary(body);
    else if (type === BASE) base = readBasePart(body);
    else if (type === MORE) more = readWanted(body);
    else if (type === INVALIDATIONS) invalidations = readInvalidations(body);
    else if (type === EXEMPLARS) exemplars = readExemplars(body);
  }
  if (hello === null) return from.fail("the hello section is missing");
  const message = { hello, digest, want, shards, departed, folded, base, more };
  return {
    ...message,
    ...(invalidations === null ? {} : { invalidations }),
    ...(exemplars === null ? {} : { exemplars }),
  };
}
