import { sleep } from "../io/clock.ts";
import type { ClusterNode } from "./cluster_node.ts";
import { hasAnswered } from "./discovery_view.ts";
import { PageStage } from "./page_stage.ts";

/** How far an invalidation has come. */
export interface InvalidationReach {
  /** Peers that have confirmed it. */
  readonly confirmed: number;
  /**
   * Addresses that did not: they learn of it in their next exchange, and serve what has a staleness
   * bound no longer than that. `unknown` stands for whom discovery would have named, had it answered by
   * then. Empty where all is done.
   */
  readonly missed: readonly string[];
}

/** Between two looks whether discovery has answered. */
const LOOK_MS = 20;
/** In place of addresses, as long as discovery has not answered. */
export const UNKNOWN_PEERS = "unknown";

/**
 * Brings this node's invalidations to all peers at once. Each peer has one request under way at a
 * time; what is added meanwhile, or has no room, goes with the next. What falls off the log before it
 * could be sent makes the peer clear its caches: it is told so, and confirms that.
 */
export class InvalidationPush {
  readonly #node: ClusterNode;
  readonly #timeoutMs: number;
  readonly #couriers = new Map<string, Promise<boolean>>();
  readonly #stopping = new AbortController();

  constructor(node: ClusterNode, timeoutMs: number) {
    this.#node = node;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Sends what is new, and tells who has confirmed it when every peer has or has failed to. Where nobody
   * knows yet who there is, that is waited for as long as for an answer.
   */
  async push(): Promise<InvalidationReach> {
    const { invalidations } = this.#node;
    const { position } = invalidations;
    // What the caller invalidates in one go goes in one request.
    await Promise.resolve();
    if (!hasAnswered(this.#node.view)) {
      await Promise.all([this.#bringAll(position), this.#untilDiscovered()]);
    }
    const addresses = await this.#bringAll(position);
    const missed = addresses.filter((address) => !this.#has(address, position));
    const confirmed = addresses.length - missed.length;
    return {
      confirmed,
      missed: hasAnswered(this.#node.view) ? missed : [...missed, UNKNOWN_PEERS],
    };
  }

  /** Sends nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#couriers.values());
  }

  /** Whom it was brought to, or would have been. */
  async #bringAll(position: number): Promise<string[]> {
    const addresses = this.#node.targets();
    await Promise.all(addresses.map((address) => this.#bring(address, position)));
    return addresses;
  }

  async #untilDiscovered(): Promise<void> {
    const { clock } = this.#node;
    const { signal } = this.#stopping;
    const deadlineMs = clock.nowMs() + this.#timeoutMs;
    while (!hasAnswered(this.#node.view) && !signal.aborted && clock.nowMs() < deadlineMs) {
      await sleep(clock, LOOK_MS, signal);
    }
  }

  async #bring(address: string, position: number): Promise<void> {
    // The request under way may have left without the newest, and one takes only so much: as long as
    // they bring something, and twice where they don't, another follows.
    for (
      let tries = 0;
      tries < 2 && !this.#has(address, position) && !this.#stopping.signal.aborted;
    ) {
      const before = this.#confirmedAt(address);
      // Who does not answer asks for it when it is back.
      if (!await (this.#couriers.get(address) ?? this.#send(address))) return;
      if (this.#confirmedAt(address) <= before) tries++;
    }
  }

  #send(address: string): Promise<boolean> {
    const sent = this.#ask(address).finally(() => this.#couriers.delete(address));
    this.#couriers.set(address, sent);
    return sent;
  }

  /** Whether the peer answered. */
  async #ask(address: string): Promise<boolean> {
    const node = this.#node;
    const to = node.state.roster.ownerOf(address) ?? null;
    const askedAtMs = node.clock.nowMs();
    const outcome = await node.link.send(address, node.invalidationRequest(to), this.#timeoutMs);
    if (outcome.kind !== "answer") {
      node.noteFailure(address, outcome);
      return false;
    }
    const { message, rttMs } = outcome;
    if (message.hello.incarnation === node.state.self.incarnation) {
      node.noteSelf(address);
      return false;
    }
    const taken = node.take(message, address, rttMs, new PageStage(askedAtMs), askedAtMs);
    if (taken.kind === "taken") return true;
    node.noteFailure(address, { kind: "unusable", reason: taken.reason });
    return false;
  }

  #has(address: string, position: number): boolean {
    return this.#confirmedAt(address) >= position;
  }

  /** How much of this node's log whoever is at an address has; -1 where that is not known. */
  #confirmedAt(address: string): number {
    const owner = this.#node.state.roster.ownerOf(address);
    return owner === undefined ? -1 : this.#node.invalidations.confirmedBy(owner);
  }
}
