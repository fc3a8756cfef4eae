import type { FamilyDef } from "../metrics/family.ts";
import { docsTable } from "./plugin_docs.ts";

/** A section about families that no plugin has, like those about plugins. */
export function familyDocs(name: string, help: string, families: readonly FamilyDef[]): string {
  const rows = families.map(({ name, help, type, merge, labelNames, bounds }) => [
    `\`${name}\``,
    type === "gauge" ? `gauge, ${merge}` : type.replace("_", " "),
    labelNames.join(", "),
    bounds.join(", "),
    help,
  ]);
  const table = docsTable(["metric", "kind", "labels", "buckets", "what"], rows);
  return [`## ${name}`, help, table].join("\n\n") + "\n";
}
