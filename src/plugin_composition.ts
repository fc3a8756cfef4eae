import { builtInPlugins } from "./built_in_plugins.ts";
import type { Config } from "./config.ts";
import { nearestName } from "./config/nearest_name.ts";
import { type IntakeHandler, intakeHandler } from "./http/intake_handler.ts";
import type { Clock } from "./io/clock.ts";
import { keyedHash } from "./io/keyed_hash.ts";
import type { LogSink } from "./io/log.ts";
import type { ProcessFacts } from "./io/process_facts.ts";
import type { Registry } from "./metrics/registry.ts";
import { isThenable } from "./metrics/thenable.ts";
import { MUSTER_APPLICATION } from "./muster_application.ts";
import type { ApplicationFacts } from "./plugins/application.ts";
import { Intake } from "./plugins/intake.ts";
import type { Plugin, PluginOptions } from "./plugins/plugin.ts";
import { Plugins } from "./plugins/plugins.ts";
import type { Bus } from "./telemetry/bus.ts";

/** What the plugins of a node are made of. */
export interface PluginParts {
  readonly registry: Registry;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: LogSink;
  /** Versions and start of this process. */
  readonly facts: Pick<ProcessFacts, "versions" | "startedAtMs">;
  /** Default: Muster itself. */
  readonly application?: ApplicationFacts;
}

/** Installs the plugins that are configured. */
export function composePlugins(config: Config, parts: PluginParts): Plugins {
  const { registry, bus, clock, log } = parts;
  const { metricsPrefix: prefix, pollMs, labelRules } = config;
  using ifFailed = new DisposableStack();
  const plugins = ifFailed.use(
    new Plugins({
      registry,
      bus,
      clock,
      log,
      hash: keyedHash(config.labelHashKey),
      defaults: { prefix, pollMs, labelRules },
      isCollecting: config.metricsEnabled,
    }),
  );
  const builtIn = builtInPlugins({
    ...parts,
    prefix,
    gitSha: config.gitSha,
    gitAuthor: config.gitAuthor,
    application: withFeatures(named(parts.application ?? MUSTER_APPLICATION), config),
  });
  const chosen = config.plugins.map((name) => builtIn[name]());
  for (const plugin of chosen) plugins.add(plugin, choicesFor(plugin, config));
  for (const sentence of unknownLabels(config, chosen)) log.log("warning", sentence);
  ifFailed.move();
  return plugins;
}

/** Makes the intake of a runtime, which takes nothing where metrics are switched off. */
export function composeIntake(
  { config, registry, bus, plugins }: {
    readonly config: Config;
    readonly registry: Registry;
    readonly bus: Bus;
    readonly plugins: Plugins;
  },
  clock: Clock,
): IntakeHandler {
  const intake = plugins.isCollecting
    ? new Intake({ registry, bus, events: plugins.events })
    : null;
  return intakeHandler({ intake, auth: config.metricsAuth, clock });
}

/** The application under Muster's name and version where it has no name of its own. */
function named(application: ApplicationFacts): ApplicationFacts {
  if (application.name !== undefined) return application;
  const { name, version } = MUSTER_APPLICATION;
  return { name, version, ...application };
}

/** The application with what of Muster itself is on and off. */
function withFeatures(application: ApplicationFacts, config: Config): ApplicationFacts {
  const own = {
    muster_cluster: config.discovery.kind !== "none",
    muster_cluster_secret: config.clusterSecrets.length > 0,
    muster_created_samples: config.createdSamples,
    muster_metrics_auth: config.metricsAuth.kind !== "none",
  };
  return {
    ...application,
    features: () => {
      const given = application.features?.();
      if (!isThenable(given)) return { ...own, ...given };
      return Promise.resolve(given).then((features) => ({ ...own, ...features }));
    },
  };
}

/** Which of the operator's choices are about this plugin. */
function choicesFor(plugin: Plugin, config: Config): Partial<PluginOptions> {
  const groups = config.dropMetricsGroups.filter((name) => name.startsWith(`${plugin.name}.`));
  const buckets = Object.entries(config.buckets).filter(([metric]) => metric in plugin.metrics);
  return {
    dropMetricsGroups: groups.map((name) => name.slice(plugin.name.length + 1)),
    buckets: Object.fromEntries(buckets),
  };
}

/** A plugin that is added later may have such a label, so it is no error. */
function unknownLabels({ labelRules }: Config, plugins: readonly Plugin[]): string[] {
  const known = new Set(
    plugins.flatMap(({ metrics }) => Object.values(metrics).flatMap(({ labels = [] }) => labels)),
  );
  return Object.keys(labelRules).filter((label) => !known.has(label)).map((label) => {
    const nearest = nearestName(label, known);
    return `MUSTER_LABEL_RULES: no plugin that MUSTER_PLUGINS chooses has the label "${label}"` +
      (nearest === undefined ? "." : `: did you mean ${nearest}?`);
  });
}
