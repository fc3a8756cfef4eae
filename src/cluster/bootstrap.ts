import type { DiscoveryView } from "./discovery_view.ts";

/**
 * The last word from an address: what its node said of itself, that no process is there, or that
 * another cluster's node took it.
 */
export type PeerWord = "complete" | "new" | "refused" | "foreign";

/** DNS answers that must have listed this node before it may call itself the first. */
const LISTINGS_MIN = 2;

/**
 * Whether this node may begin with nothing because nobody has anything: DNS has listed it twice, and
 * everybody else who is listed is new too, has no process, or is not of this cluster. A silent node might hold the totals of
 * weeks, so it keeps the answer at no. A list in the configuration need not name the node itself.
 */
export function isFirst(
  view: DiscoveryView,
  ownAddresses: ReadonlySet<string>,
  listingsOfSelf: number,
  words: ReadonlyMap<string, PeerWord>,
): boolean {
  if (view.mode === "none") return true;
  if (view.version === 0) return false;
  if (view.mode === "dns" && listingsOfSelf < LISTINGS_MIN) return false;
  return view.addresses.every((address) => {
    const word = words.get(address);
    return ownAddresses.has(address) || (word !== undefined && word !== "complete");
  });
}
