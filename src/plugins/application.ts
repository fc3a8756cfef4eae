import type { Clock } from "../io/clock.ts";
import { isThenable } from "../metrics/thenable.ts";
import { definePlugin, type Plugin, type Reading } from "./plugin.ts";

/** Dependencies and features that are shown; further ones are left out. */
export const FACTS_MAX = 500;

/** What an application tells of itself. */
export interface ApplicationFacts {
  /** Default: `muster`. */
  readonly name?: string;
  /** Default: Muster's, where the name is; otherwise none. */
  readonly version?: string;
  /** Versions, or specifiers as in the `imports` of `deno.json`, by name. Default: none. */
  readonly dependencies?: Readonly<Record<string, string>>;
  /** Which features are on and off; asked at each poll. Default: none of its own. */
  readonly features?: () =>
    | Readonly<Record<string, boolean>>
    | Promise<Readonly<Record<string, boolean>>>;
}

type Features = Readonly<Record<string, boolean>>;

/** What the plugin is made of. */
export interface ApplicationParts {
  readonly application: ApplicationFacts;
  readonly gitSha: string | undefined;
  readonly gitAuthor: string | undefined;
  /** When the process started, by `clock.nowMs`. */
  readonly startedAtMs: number;
  readonly clock: Clock;
}

/** The application that runs here. */
export function applicationPlugin(parts: ApplicationParts): Plugin {
  const { application, gitSha, gitAuthor, startedAtMs, clock } = parts;
  const { name = "", version = "", dependencies = {}, features = () => ({}) } = application;
  const versions = Object.entries(dependencies).slice(0, FACTS_MAX);
  return definePlugin({
    name: "application",
    help:
      "The application that runs here: name, version, commit, dependencies, features. Commit and " +
      "author are those of GIT_SHA and GIT_AUTHOR, and left out where these are not set.",
    options: { prefix: "" },
    metrics: {
      "application.primary.info": {
        kind: "info",
        help: "Name and version of the application.",
        group: "versions",
        labels: ["name", "version"],
      },
      "application.dependency.info": {
        kind: "gauge",
        help: "1 for each dependency of the application, and its version.",
        group: "versions",
        labels: ["name", "version"],
        merge: "max",
      },
      "application.git_sha.info": {
        kind: "info",
        help: "The commit that the application was made of.",
        group: "versions",
        labels: ["sha"],
      },
      "application.git_author.info": {
        kind: "info",
        help: "Who made that commit.",
        group: "versions",
        labels: ["author"],
      },
      "application.uptime.seconds": {
        kind: "gauge",
        help: "Time since the process started, in seconds.",
        group: "uptime",
        unit: "seconds",
      },
      "application.feature.enabled": {
        kind: "gauge",
        help: "1 for a feature that is on, 0 for one that is off.",
        group: "features",
        labels: ["feature"],
      },
    },
    polls: {
      versions: {
        help: "What does not change while the process runs.",
        metrics: [
          "application.primary.info",
          "application.dependency.info",
          "application.git_sha.info",
          "application.git_author.info",
        ],
        read: (): readonly Reading[] => [
          { metric: "application.primary.info", value: 1, labels: { name, version } },
          ...(gitSha === undefined
            ? []
            : [{ metric: "application.git_sha.info", value: 1, labels: { sha: gitSha } } as const]),
          ...(gitAuthor === undefined ? [] : [
            { metric: "application.git_author.info", value: 1, labels: { author: gitAuthor } },
          ] as const),
          ...versions.map(([name, specifier]) => ({
            metric: "application.dependency.info",
            value: 1,
            labels: { name, version: versionOf(specifier) },
          } as const)),
        ],
      },
      uptime: {
        help: "How long the process has been running.",
        metrics: ["application.uptime.seconds"],
        read: () => [
          { metric: "application.uptime.seconds", value: (clock.nowMs() - startedAtMs) / 1000 },
        ],
      },
      features: {
        help: "Which features are on and off.",
        metrics: ["application.feature.enabled"],
        read: () => {
          const read = features();
          if (!isThenable(read)) return featureReadings(read);
          return Promise.resolve(read as Promise<Features>).then(featureReadings);
        },
      },
    },
  });
}

function featureReadings(features: Features): readonly Reading[] {
  return Object.entries(features).slice(0, FACTS_MAX).map(([feature, isOn]) => ({
    metric: "application.feature.enabled",
    value: isOn ? 1 : 0,
    labels: { feature },
  }));
}

/** `npm:hono@4.13.19` and `jsr:@std/assert@^1/equals` → what is after the name; a bare version is one. */
function versionOf(specifier: string): string {
  return /^(?:\w+:)\/?(?:@[^/@]+\/)?[^/@]+@([^/]+)/.exec(specifier)?.[1] ?? specifier;
}
