/** One field of a message: a varint or fixed64 as a number, anything else as bytes. */
export interface ProtoField {
  readonly field: number;
  readonly wireType: number;
  readonly number: number;
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** Reads a message's fields; throws where the bytes are not whole. */
export function readFields(bytes: Uint8Array): ProtoField[] {
  const fields: ProtoField[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    const wireType = tag.value % 8;
    const field = Math.floor(tag.value / 8);
    at = tag.end;
    if (wireType === 0) {
      const { value, end } = readVarint(bytes, at);
      fields.push({ field, wireType, number: value, bytes: NO_BYTES });
      at = end;
    } else if (wireType === 1) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
      fields.push({ field, wireType, number: view.getFloat64(0, true), bytes: NO_BYTES });
      at += 8;
    } else if (wireType === 2) {
      const { value: length, end } = readVarint(bytes, at);
      if (end + length > bytes.length) throw new RangeError(`Field ${field} is cut off`);
      const content = bytes.subarray(end, end + length);
      fields.push({ field, wireType, number: NaN, bytes: content });
      at = end + length;
    } else throw new RangeError(`Field ${field} has wire type ${wireType}`);
  }
  return fields;
}

/** Reads messages that stand behind their lengths. */
export function readDelimited(bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { value: length, end } = readVarint(bytes, at);
    if (end + length > bytes.length) throw new RangeError("The last message is cut off");
    messages.push(bytes.subarray(end, end + length));
    at = end + length;
  }
  return messages;
}

/** Reads a varint; as a number, which is exact up to 2⁵³. */
export function readVarint(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) throw new RangeError("A varint is cut off");
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at };
  }
  throw new RangeError("A varint has more than 10 bytes");
}

/** The integer that a zigzag varint stands for. */
export function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
