import type { LogLevel } from "../../io/log.ts";
import type { OptionTable } from "../option.ts";
import { oneOf } from "../parsers.ts";

/** The log. `undefined`: not set, and no default of its own. */
export interface LogOptions {
  readonly logLevel: LogLevel;
  readonly logFormat: "auto" | "json" | "pretty";
}

/** A row for each of {@linkcode LogOptions}. */
export const LOG_OPTIONS: OptionTable<LogOptions> = {
  logLevel: {
    env: "MUSTER_LOG_LEVEL",
    parse: oneOf(["debug", "info", "warning", "error"]),
    default: "info",
    doc: "Log lines below this level are dropped: debug, info, warning or error.",
  },
  logFormat: {
    env: "MUSTER_LOG_FORMAT",
    parse: oneOf(["auto", "json", "pretty"]),
    default: "auto",
    doc: "json, pretty, or auto: pretty on a terminal, otherwise JSON lines.",
  },
};
