/** One place in the code under test, by what is written there, and what a fault writes instead. */
export interface Edit {
  /** A file in `src/`. */
  readonly file: string;
  /** What is there, and only once. */
  readonly from: string;
  readonly to: string;
}

/** A fault that a node may have; the simulation must find it. */
export interface PlantedFault {
  /** What the nodes then do, as the end of "the simulation finds out when …". */
  readonly what: string;
  readonly edits: readonly Edit[];
}

/** Faults of which each takes away one thing that a promise rests on. */
export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    what: "the shards of the departed are not kept",
    edits: [{
      file: "cluster/ledger.ts",
      from: "this.#shards.set(replica.identity.incarnation, { replica, departure, goneAtMs });",
      to: "",
    }],
  },
  {
    what: "who is silent for long is folded, gone or not",
    edits: [{
      file: "cluster/cluster_state.ts",
      from: "this.ledger.fold(this.ledger.due(nowMs), nowMs);",
      to: "for (const { identity, seq, freshAtMs } of this.#replicas.values()) {" +
        "if (nowMs - freshAtMs < this.#limits.foldAfterMs) continue;" +
        "this.foldLike([{ incarnation: identity.incarnation, seq }], nowMs);" +
        "}" +
        "this.ledger.fold(this.ledger.due(nowMs), nowMs);",
    }],
  },
  {
    what: "a base is joined without folding the own copies of what is in it",
    edits: [{
      file: "cluster/cluster_state.ts",
      from: "const transitions = this.foldLike(image.ids, nowMs);",
      to: "const transitions: Transition[] = [];",
    }],
  },
  {
    what: "a gathering has no second hop",
    edits: [{
      file: "cluster/gathering.ts",
      from: "await fetchFromHolders(node, peers, answered, untilMs(HOLDERS_SHARE));",
      to: "for (const { held } of peers) (held as Map<IncarnationId, number>).clear();",
    }],
  },
  {
    what: "a second hop that fails has no next source",
    edits: [{
      file: "cluster/gathering.ts",
      from: "for (let attempt = 0; attempt < HOLDERS_MAX; attempt++) {",
      to: "for (let attempt = 0; attempt < 1; attempt++) {",
    }, {
      file: "cluster/gathering.ts",
      from: "const lacking = [...newestHolders(node, peers, answered, new Set()).keys()];",
      to: "const lacking: IncarnationId[] = [];",
    }],
  },
  {
    what: "too few answers are shown",
    edits: [{
      file: "cluster/refusal.ts",
      from: "if (!quorum.reached) return refusalSentence(voters, quorum);",
      to: "",
    }],
  },
  {
    what: "whom the roster believes to be up counts as having answered",
    edits: [{
      file: "cluster/voters.ts",
      from: "const answered = gathering.answered.has(incarnation);",
      to: 'const answered = gathering.answered.has(incarnation) || member.status === "up";',
    }],
  },
  {
    what: "own cells are shown before anybody else has them",
    edits: [{
      file: "cluster/write_back.ts",
      from: "const OWN_HOLDERS = 2;",
      to: "const OWN_HOLDERS = 0;",
    }, {
      file: "cluster/write_back.ts",
      from: "const holders = incarnation === self ? Math.max(OWN_HOLDERS, half) : half;",
      to: "const holders = incarnation === self ? OWN_HOLDERS : half;",
    }, {
      file: "cluster/gathering.ts",
      from: 'return converse(node, address, { kind: "own", have }, { to: owner }, deadlineMs);',
      to: 'return converse(node, address, { kind: "own", have }, null, deadlineMs);',
    }],
  },
  {
    what: "copies of others are shown before half of the members have them",
    edits: [{
      file: "cluster/write_back.ts",
      from: "const ALL_HELD_MEMBERS_MAX = 16;",
      to: "const ALL_HELD_MEMBERS_MAX = 0;",
    }],
  },
  {
    what: "a copy takes what is older than it",
    edits: [{
      file: "cluster/replica.ts",
      from: 'if (delta.seq <= this.#seq) return { kind: "stale" };',
      to: "",
    }, {
      file: "cluster/replica.ts",
      from: "return this.#firstFallOf(delta.cells, checked.changes) ??\n",
      to: "return null ??\n",
    }],
  },
  {
    what: "deltas build on the round before, whatever came of it, and are applied to any copy",
    edits: [{
      file: "cluster/exchange.ts",
      from: "const base = push.to === null ? undefined : this.absorber.ownHeldBy(push.to);",
      to: "const { seq, layout: { revision } } = this.#state.own;\n" +
        "const known = push.to === null ? undefined : this.absorber.ownHeldBy(push.to);\n" +
        "const base = known && { sinceSeq: seq - 1, revision, resume: null };",
    }, {
      file: "cluster/replica.ts",
      from: "if (delta.sinceSeq > this.#seq || delta.layoutFrom > this.layout.revision) {",
      to: "if (delta.layoutFrom > this.layout.revision) {",
    }],
  },
  {
    what: "a delta misses the round after its base",
    edits: [{
      file: "cluster/delta.ts",
      from: "const cells = frozen?.cells ?? changedCells(shard, sinceSeq);",
      to: "const cells = frozen?.cells ?? changedCells(shard, sinceSeq && sinceSeq + 1);",
    }],
  },
  {
    what: "a goodbye waits for nobody",
    edits: [{
      file: "cluster/goodbye.ts",
      from: "await Promise.race([Promise.all(talks), isEnough]);",
      to: "enough.abort();",
    }],
  },
  {
    what: "a later round undoes a goodbye",
    edits: [{
      file: "cluster/roster.ts",
      from: 'if (member.status === "left") return [];',
      to: "",
    }, {
      file: "cluster/roster.ts",
      from: 'if (member.status === "lost") {',
      to: 'if (member.status === "lost" || member.status === "left") {',
    }],
  },
  {
    what: "a newcomer begins from who is new too",
    edits: [{
      file: "cluster/cluster_node.ts",
      from:
        "if (peerIsComplete && this.state.ledger.base.covers(baseHash)) this.exchange.setComplete();",
      to: "this.exchange.setComplete();",
    }],
  },
  {
    what: "the gauges of the dead are shown",
    edits: [{
      file: "cluster/contributions.ts",
      from: 'life: "departed",\n      gaugesShown: false,',
      to: 'life: "live",\n      gaugesShown: true,',
    }],
  },
  {
    what: "the gauges of the silent are shown",
    edits: [{
      file: "cluster/contributions.ts",
      from: "gaugesShown: isFresh || answered.has(replica.identity.incarnation),",
      to: "gaugesShown: true,",
    }],
  },
  {
    what: "the age of a copy is not handed on",
    edits: [{
      file: "cluster/cluster_state.ts",
      from: "const ageMs = nowMs - replica.freshAtMs;",
      to: "const ageMs = 0;",
    }],
  },
  {
    what: "floats are added plainly, in the order of the roster",
    edits: [{
      file: "metrics/two_sum.ts",
      from: "if (error !== 0) low[to + i]! += error;",
      to: "",
    }, {
      file: "metrics/two_sum.ts",
      from: "low[to + i] = low[to + i]! + errorA + errorB + errorC + errorD;",
      to: "",
    }],
  },
  {
    what: "a scrape shares a gathering that began before it came",
    edits: [{
      file: "cluster/shared_run.ts",
      from: "if (isHurried && running.length > 0 && running.length < RUNS_MAX) {",
      to: "if (running[0] !== undefined) return running[0]; {",
    }],
  },
  {
    what: "the shards of peers are not pulled",
    edits: [{
      file: "cluster/rounds.ts",
      from: 'const kind = isCellRound && i < teachers ? "newer" : "digest";',
      to:
        'const kind = isCellRound && i < teachers && !node.exchange.isComplete ? "newer" : "digest";',
    }],
  },
];
