/** Variables that begin so are ours: one that is no option is told, as it is most likely a misspelling. */
export const OWN_PREFIXES: readonly string[] = ["MUSTER_", "METRICS_", "CLUSTER_", "LEDGER_"];

/** Variables that begin so may be anybody's: told only if they nearly spell one of our options. */
export const SHARED_PREFIXES: readonly string[] = ["POD_", "ENABLE_"];

/** The names among `names` that may be meant for Muster. */
export function possiblyOurs(names: Iterable<string>): string[] {
  const prefixes = [...OWN_PREFIXES, ...SHARED_PREFIXES];
  return [...names].filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
}
