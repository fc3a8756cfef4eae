import type { Identity } from "../identity.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import type { Departure, Hello } from "./message.ts";

const COMPLETE = 1;
const LEAVING = 2;
const NAME_BYTES_MAX = 512;

// Places in this list are the numbers of the wire: append only.
const DEPARTURES: readonly (Departure | null)[] = [null, "left", "replaced", "lost"];

/** Writes who a process says it is. */
export function writeIdentity(to: ByteWriter, identity: Identity): void {
  to.id(identity.incarnation);
  to.string(identity.node);
  to.varint(Math.max(0, Math.floor(identity.startedAtMs)));
  to.string(identity.version);
  to.string(identity.address);
}

/** Reads who a process says it is. */
export function readIdentity(from: ByteReader): Identity {
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

/** Writes the hello section. */
export function writeHello(to: ByteWriter, hello: Hello): void {
  to.string(hello.cluster);
  writeIdentity(to, hello);
  to.varint((hello.complete ? COMPLETE : 0) | (hello.leaving ? LEAVING : 0));
}

/** Reads the hello section. */
export function readHello(from: ByteReader): Hello {
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

/** Writes how an incarnation departed; null for one that lives. */
export function writeDeparture(to: ByteWriter, departure: Departure | null): void {
  to.varint(DEPARTURES.indexOf(departure));
}

/** Reads how an incarnation departed; null for one that lives. */
export function readDeparture(from: ByteReader): Departure | null {
  return DEPARTURES[from.count(DEPARTURES.length - 1, "a departure")]!;
}
