import type { Random } from "../io/random.ts";
import type { ClusterNode } from "./cluster_node.ts";
import { converse } from "./conversation.ts";
import { isGone } from "./member.ts";
import { fanout, Rotation } from "./rotation.ts";
import type { Want } from "./wire/message.ts";

/** In clusters above this size cells move less often than heartbeats. */
const CELLS_EVERY_ROUND_NODES = 100;

/** Peers that a node asks in a round while it does not know whether it is the first. */
const NEWCOMER_FANOUT = 64;

/** Rounds between two that move cells. */
export function cellRounds(nodes: number): number {
  return Math.max(1, Math.round(nodes / CELLS_EVERY_ROUND_NODES));
}

/** What the rounds work with. */
export interface RoundsOptions {
  readonly node: ClusterNode;
  readonly random: Random;
  readonly heartbeatMs: number;
  /** For one whole conversation. */
  readonly timeoutMs: number;
}

/**
 * The background: every heartbeat publishes the own cells, and asks a few peers for all that is newer,
 * in a shuffled rotation spread over the round, so that everybody is asked and no burst forms.
 */
export class Rounds {
  readonly #options: RoundsOptions;
  readonly #busy = new Set<string>();
  readonly #talks = new Set<Promise<void>>();
  readonly #timers = new Set<() => void>();
  readonly #rotation: Rotation;
  #round = 0;
  #isStopped = false;

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#rotation = new Rotation(options.random);
  }

  /** How many rounds have begun. */
  get count(): number {
    return this.#round;
  }

  /** Begins the first round now. */
  start(): void {
    this.#begin();
  }

  /** Begins no further round, and waits for the conversations under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    await Promise.all(this.#talks);
  }

  #begin(): void {
    const { node, heartbeatMs } = this.#options;
    this.#after(heartbeatMs, () => this.#begin());
    const isAsked = node.takeAsked();
    const targets = node.targets();
    const teachers = fanout(targets.length);
    // Who is new needs a word of everybody before it may call itself the first.
    const asked = node.exchange.isComplete ? teachers : Math.min(targets.length, NEWCOMER_FANOUT);
    const peers = this.#rotation.next(targets, asked);
    const nodes = node.state.roster.members.filter(({ status }) => !isGone(status)).length;
    // Who holds nothing yet does not wait for its turn.
    const isCellRound = !node.exchange.isComplete || this.#round % cellRounds(nodes) === 0;
    this.#round++;
    node.beat();
    peers.forEach((address, i) => {
      // Where nobody asked, nobody has this node's newest cells: it brings them to the first peer.
      const pushes = !isAsked && isCellRound && i === 0;
      const kind = isCellRound && i < teachers ? "newer" : "digest";
      const talk = () => this.#talk(address, kind, pushes);
      if (i === 0) talk();
      else this.#after((i * heartbeatMs) / peers.length, talk);
    });
  }

  #talk(address: string, kind: "newer" | "digest", pushes: boolean): void {
    // A slow peer is asked again only when it has answered or failed.
    if (this.#busy.has(address)) return;
    this.#busy.add(address);
    const talk = this.#converse(address, { kind }, pushes).finally(() => {
      this.#busy.delete(address);
      this.#talks.delete(talk);
    });
    this.#talks.add(talk);
  }

  async #converse(address: string, want: Want, pushes: boolean): Promise<void> {
    const { node, timeoutMs } = this.#options;
    const push = pushes ? { to: node.state.roster.ownerOf(address) ?? null } : null;
    const deadlineMs = node.clock.nowMs() + timeoutMs;
    const talk = await converse(node, address, want, push, deadlineMs);
    if (talk.kind === "answered" && talk.isWhole && want.kind === "newer") {
      node.noteWhole(talk.hello.complete, talk.digest?.baseHash ?? "");
    }
  }

  #after(delayMs: number, callback: () => void): void {
    const cancel = this.#options.node.clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      if (!this.#isStopped) callback();
    });
    this.#timers.add(cancel);
  }
}
