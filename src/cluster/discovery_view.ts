/** Where the addresses of the peers come from. */
export type DiscoveryMode = "dns" | "static" | "none";

/** What discovery knows: addresses, and how far to trust them. Replaced by each poll, never changed. */
export interface DiscoveryView {
  /** How peers are found. */
  readonly mode: DiscoveryMode;
  /** The SRV name that is asked, with the final dot; null unless the mode is `dns`. */
  readonly name: string | null;
  /** `ip:port` of the name servers, in the order they are asked. */
  readonly servers: readonly string[];
  /** Canonical `ip:port`, sorted, each once: the last good answer. A hint, not who is alive. */
  readonly addresses: readonly string[];
  /** Raised by each good answer, also by an empty one (NXDOMAIN, NODATA); 0 until the first. */
  readonly version: number;
  /** The TTL of the last good answer, not clamped; null if it had none. */
  readonly ttlMs: number | null;
  /** When the last good answer came, on the injected clock. */
  readonly lastSuccessAtMs: number | null;
  /** The last lookup that failed, also one that did no harm, as an SRV question that A answered. */
  readonly lastError: { readonly atMs: number; readonly message: string } | null;
  /** Polls that ended. */
  readonly polls: number;
  /** Polls that gave no new version. */
  readonly failures: number;
  /** Of these, those since the last good answer. */
  readonly consecutiveFailures: number;
  /**
   * Why the last good answer was empty, or null if it was not. In Kubernetes "no pod is ready" and "no
   * such service" are both `nxdomain`.
   */
  readonly negative: "nxdomain" | "nodata" | null;
  /** One address family could not be asked at the last good answer: its old addresses were kept. */
  readonly partial: boolean;
  /** Which records the last good answer came from: SRV, or A and AAAA; `list` if it took no question. */
  readonly source: "srv" | "address" | "list" | null;
  /** Addresses above the limit that the last good answer left out. */
  readonly addressesCut: number;
}

/** Whether there was a good answer: until then nobody can know who there is. */
export function hasAnswered(view: DiscoveryView | null): boolean {
  return view !== null && (view.mode === "none" || view.version > 0);
}

/** Finds the addresses of the peers, and keeps looking. */
export interface Discovery extends AsyncDisposable {
  /** What is known now. */
  readonly view: DiscoveryView;
  /** Begins to poll. Later calls do nothing. */
  start(): void;
  /**
   * Polls now, or joins the poll under way, and gives the view after it. A poll that ended only just
   * now is not repeated, so strangers can't flood the name server through us. Never rejects.
   */
  refresh(): Promise<DiscoveryView>;
  /** Calls `listener` with the view after each poll, also a failed one, until the result is called. */
  onView(listener: (view: DiscoveryView) => void): () => void;
}
