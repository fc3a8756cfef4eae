/** What one poll found. */
export interface LookupResult {
  /** Canonical `ip:port`, in no order. */
  readonly addresses: readonly string[];
  /** The smallest TTL of the answers that have addresses, else of the empty ones; null for none. */
  readonly ttlMs: number | null;
  /** Why nothing was found, as far as the names were answered. */
  readonly negative: "nxdomain" | "nodata" | null;
  /** IPv4 addresses may be missing, since a question for them failed. */
  readonly failedV4: boolean;
  /** The same for IPv6. */
  readonly failedV6: boolean;
  /** One sentence for each failure, also for those that did no harm. */
  readonly messages: readonly string[];
  /** Which kind of records `addresses` came from. */
  readonly source: "srv" | "address" | "list";
  /** Records that the client left out because of its limit. */
  readonly recordsCut: number;
}
