/** How bad it is, from least to worst. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/**
 * Where sentences for an operator go. Libraries below `runtime.ts` take one of these; they never
 * print. `fields` are structured and end up as properties of the JSON line.
 */
export interface LogSink {
  /** Writes one sentence. */
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Drops everything. */
export const silentLog: LogSink = { log() {} };
