import type { BasePart } from "./wire/message.ts";

/** A base of more bytes is not taken. */
export const BASE_BYTES_MAX = 268_435_456;

/** Which base is wanted, and from which byte on. */
export interface BaseWant {
  readonly hash: string;
  readonly offset: number;
}

/** What came of a part. */
export type StagedBase =
  | { readonly kind: "whole"; readonly bytes: Uint8Array }
  | { readonly kind: "partial"; readonly next: BaseWant }
  /** The part does not continue the ones before, which are dropped. */
  | { readonly kind: "broken" };

/** Keeps the parts of a base until it is whole. One stage serves one conversation with one peer. */
export class BaseStage {
  #hash = "";
  #bytes: Uint8Array | null = null;
  #offset = 0;

  /** Takes the next part. */
  add(part: BasePart): StagedBase {
    const { hash, bytesTotal, offset, bytes } = part;
    if (offset === 0) {
      if (bytes.length === bytesTotal) return { kind: "whole", bytes };
      if (bytesTotal > BASE_BYTES_MAX) return { kind: "broken" };
      this.#hash = hash;
      this.#bytes = new Uint8Array(bytesTotal);
      this.#offset = 0;
    }
    const staged = this.#bytes;
    const continues = hash === this.#hash && offset === this.#offset &&
      staged?.length === bytesTotal;
    if (staged === null || !continues || bytes.length === 0) {
      this.#bytes = null;
      return { kind: "broken" };
    }
    staged.set(bytes, offset);
    this.#offset += bytes.length;
    if (this.#offset < bytesTotal) {
      return { kind: "partial", next: { hash, offset: this.#offset } };
    }
    this.#bytes = null;
    return { kind: "whole", bytes: staged };
  }
}
