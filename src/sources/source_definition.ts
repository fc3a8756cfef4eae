import type { FamilyDef } from "../metrics/family.ts";
import type { MetricRules } from "../metrics/metric_options.ts";
import { applyRules, type RuledDefinition } from "../metrics/metric_rules.ts";
import { TEXT_LENGTH_MAX } from "../metrics/names.ts";
import type { ForeignFamily } from "./foreign_family.ts";
import { metricName } from "./source_labels.ts";
import type { SourceSettings } from "./source_options.ts";

/**
 * The definition that a foreign family has here, but for its label names. Rules for a metric go for
 * what is made of it, too: `a` for the counters `a_sum` and `a_count` of a summary, unless one of their
 * own has a rule itself.
 */
export function definitionOf(
  foreign: ForeignFamily,
  settings: SourceSettings,
  rules: Pick<MetricRules, "drop" | "rename">,
): RuledDefinition {
  const def = unruled(metricName(settings.prefix + foreign.name), foreign, settings);
  const ruled = applyRules(def, rules);
  if (foreign.part === undefined) return ruled;
  const suffix = `_${foreign.part}`;
  const whole = applyRules({ ...def, name: def.name.slice(0, -suffix.length) }, rules);
  const isRenamed = ruled.family.name !== def.name;
  return {
    isDropped: ruled.isDropped || whole.isDropped,
    family: isRenamed ? ruled.family : { ...def, name: whole.family.name + suffix },
  };
}

function unruled(
  name: string,
  foreign: ForeignFamily,
  { gauges }: SourceSettings,
): FamilyDef {
  const { unit, type } = foreign;
  const help = foreign.help.slice(0, TEXT_LENGTH_MAX).toWellFormed();
  const common = { name, help, unit, type, labelNames: [], bounds: [] };
  switch (type) {
    case "gauge":
      return {
        ...common,
        merge: (Object.hasOwn(gauges, name) ? gauges[name] : undefined) ?? "per_node",
      };
    case "info":
      return { ...common, merge: "max" };
    case "state_set":
      // Prometheus keeps the state in a label of the family's name, so every set of labels has it.
      return { ...common, merge: "per_node", labelNames: [name] };
    case "counter":
      return { ...common, merge: "add" };
    case "histogram": {
      const bounds = new Set(foreign.histograms.flatMap((histogram) => histogram.bounds));
      return { ...common, merge: "add", bounds: [...bounds].sort((a, b) => a - b) };
    }
  }
}
