import type { Identity } from "../identity.ts";
import { ByteReader, WireError } from "./byte_reader.ts";
import { ByteWriter } from "./byte_writer.ts";
import { readCells, writeCells } from "./cells_codec.ts";
import { readAdditions, writeAdditions } from "./layout_codec.ts";
import {
  type DepartedRow,
  type Departure,
  type Digest,
  type Hello,
  type Message,
  type PageMark,
  type ShardDelta,
  type Want,
  type WantedShard,
  WIRE_VERSION,
} from "./message.ts";

/** The media type of a message. */
export const MESSAGE_MEDIA_TYPE = "application/vnd.muster.exchange";

// "MSTR", then the version, then sections; a reader skips the types that it does not know.
const MAGIC = [0x4d, 0x53, 0x54, 0x52];
const HELLO = 1;
const DIGEST = 2;
const WANT = 3;
const SHARD = 4;
const DEPARTED = 5;
const MORE = 6;

// Places in this list are the numbers of the wire: append only.
const DEPARTURES: readonly (Departure | null)[] = [null, "left", "replaced", "lost"];
const WANTS: readonly Want["kind"][] = ["digest", "newer", "own", "listed"];

const COMPLETE = 1;
const LEAVING = 2;
const NAME_BYTES_MAX = 512;
/** Ages above this, 34 years, are all one; that of what was never heard is infinite. */
const AGE_MS_MAX = 2 ** 40;

// What a row takes at least, so that an announced count can't ask for more memory than was sent.
const DIGEST_ROW_BYTES_MIN = 12;
const WANTED_BYTES_MIN = 11;
const DEPARTED_BYTES_MIN = 10;

/** What came of reading a message. */
export type Decoded =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "malformed"; readonly reason: string }
  | { readonly kind: "version"; readonly received: number };

/** The bytes of a message. */
export function encodeMessage(message: Message): Uint8Array<ArrayBuffer> {
  const to = new ByteWriter();
  to.bytes(Uint8Array.from(MAGIC));
  to.varint(WIRE_VERSION);
  to.section(HELLO, (body) => writeHello(body, message.hello));
  const { digest, want, departed } = message;
  if (digest !== null) to.section(DIGEST, (body) => writeDigest(body, digest));
  if (want !== null) to.section(WANT, (body) => writeWant(body, want));
  for (const shard of message.shards) to.section(SHARD, (body) => writeShard(body, shard));
  if (departed !== null) to.section(DEPARTED, (body) => writeDeparted(body, departed));
  if (message.more.length > 0) to.section(MORE, (body) => writeWanted(body, message.more));
  return to.finish();
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
    return { kind: "message", message: readSections(from) };
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
  let more: WantedShard[] = [];
  const shards: ShardDelta[] = [];
  while (from.left > 0) {
    const type = from.varint();
    const body = from.part(from.varint());
    if (type === HELLO) hello = readHello(body);
    else if (type === DIGEST) digest = readDigest(body);
    else if (type === WANT) want = readWant(body);
    else if (type === SHARD) shards.push(readShard(body));
    else if (type === DEPARTED) departed = readDeparted(body);
    else if (type === MORE) more = readWanted(body);
  }
  if (hello === null) return from.fail("the hello section is missing");
  return { hello, digest, want, shards, departed, more };
}

function wholeAge(ageMs: number): number {
  return Math.min(AGE_MS_MAX, Math.max(0, Math.round(ageMs)));
}

function rowCount(from: ByteReader, bytesMin: number, rows: string): number {
  return from.count(Math.floor(from.left / bytesMin), `the number of ${rows}`);
}

function writeIdentity(to: ByteWriter, identity: Identity): void {
  to.id(identity.incarnation);
  to.string(identity.node);
  to.varint(Math.max(0, Math.floor(identity.startedAtMs)));
  to.string(identity.version);
  to.string(identity.address);
}

function readIdentity(from: ByteReader): Identity {
  const incarnation = from.id();
  const node = from.string(NAME_BYTES_MAX, "a node's name");
  if (node === "") from.fail("a node's name must not be empty");
  const startedAtMs = from.varint();
  const version = from.string(NAME_BYTES_MAX, "a version");
  return {
    incarnation,
    node,
    startedAtMs,
    version,
    address: from.string(NAME_BYTES_MAX, "an address"),
  };
}

function writeHello(to: ByteWriter, hello: Hello): void {
  to.string(hello.cluster);
  writeIdentity(to, hello);
  to.varint((hello.complete ? COMPLETE : 0) | (hello.leaving ? LEAVING : 0));
}

function readHello(from: ByteReader): Hello {
  const cluster = from.string(NAME_BYTES_MAX, "a cluster's name");
  const identity = readIdentity(from);
  const flags = from.varint();
  return {
    ...identity,
    cluster,
    complete: (flags & COMPLETE) !== 0,
    leaving: (flags & LEAVING) !== 0,
  };
}

function writeDigest(to: ByteWriter, digest: Digest): void {
  to.id(digest.departedHash);
  to.id(digest.baseHash);
  to.varint(digest.rows.length);
  for (const row of digest.rows) {
    to.id(row.incarnation);
    to.varint(row.heardSeq);
    to.varint(Math.max(0, row.heardSeq - row.heldSeq));
    to.varint(wholeAge(row.ageMs));
    to.varint(row.revision);
  }
}

function readDigest(from: ByteReader): Digest {
  const departedHash = from.id();
  const baseHash = from.id();
  const count = rowCount(from, DIGEST_ROW_BYTES_MIN, "digest rows");
  const rows = Array.from({ length: count }, () => {
    const incarnation = from.id();
    const heardSeq = from.varint();
    const heldSeq = heardSeq - from.count(heardSeq, "how far a copy is behind");
    return { incarnation, heardSeq, heldSeq, ageMs: from.varint(), revision: from.varint() };
  });
  return { departedHash, baseHash, rows };
}

function writeWant(to: ByteWriter, want: Want): void {
  to.varint(WANTS.indexOf(want.kind));
  if (want.kind === "own") {
    writeWanted(to, want.have === null ? [] : [want.have]);
  } else if (want.kind === "listed") {
    writeWanted(to, want.shards);
  }
}

function readWant(from: ByteReader): Want {
  const kind = WANTS[from.count(WANTS.length - 1, "what is wanted")]!;
  if (kind === "own") return { kind, have: readWanted(from)[0] ?? null };
  if (kind === "listed") return { kind, shards: readWanted(from) };
  return { kind };
}

function writeWanted(to: ByteWriter, shards: readonly WantedShard[]): void {
  to.varint(shards.length);
  for (const shard of shards) {
    to.id(shard.incarnation);
    to.varint(shard.sinceSeq);
    to.varint(shard.revision);
    writeMark(to, shard.resume);
  }
}

function readWanted(from: ByteReader): WantedShard[] {
  const count = rowCount(from, WANTED_BYTES_MIN, "wanted shards");
  return Array.from({ length: count }, () => ({
    incarnation: from.id(),
    sinceSeq: from.varint(),
    revision: from.varint(),
    resume: readMark(from),
  }));
}

function writeMark(to: ByteWriter, mark: PageMark | null): void {
  to.varint(mark === null ? 0 : 1);
  if (mark === null) return;
  to.varint(mark.seq);
  to.varint(mark.cell);
}

function readMark(from: ByteReader): PageMark | null {
  if (from.count(1, "whether a page mark follows") === 0) return null;
  return { seq: from.varint(), cell: from.varint() };
}

function writeShard(to: ByteWriter, shard: ShardDelta): void {
  writeIdentity(to, shard.identity);
  to.varint(DEPARTURES.indexOf(shard.departure));
  to.varint(shard.seq);
  to.varint(shard.sinceSeq);
  to.varint(wholeAge(shard.ageMs));
  writeMark(to, shard.next);
  to.varint(shard.layoutFrom);
  writeAdditions(to, shard.additions);
  writeCells(to, shard.cells);
}

function readShard(from: ByteReader): ShardDelta {
  return {
    identity: readIdentity(from),
    departure: DEPARTURES[from.count(DEPARTURES.length - 1, "a departure")]!,
    seq: from.varint(),
    sinceSeq: from.varint(),
    ageMs: from.varint(),
    next: readMark(from),
    layoutFrom: from.varint(),
    additions: readAdditions(from),
    cells: readCells(from),
  };
}

function writeDeparted(to: ByteWriter, rows: readonly DepartedRow[]): void {
  to.varint(rows.length);
  for (const row of rows) {
    to.id(row.incarnation);
    to.varint(row.seq);
    to.varint(DEPARTURES.indexOf(row.departure));
  }
}

function readDeparted(from: ByteReader): DepartedRow[] {
  const count = rowCount(from, DEPARTED_BYTES_MIN, "departed rows");
  return Array.from({ length: count }, () => {
    const incarnation = from.id();
    const seq = from.varint();
    const departure = DEPARTURES[from.count(DEPARTURES.length - 1, "a departure")]!;
    return { incarnation, seq, departure: departure ?? from.fail("a departure must not be none") };
  });
}
