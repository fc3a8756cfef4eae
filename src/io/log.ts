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

/** The same sink, whose failures reach nobody: what is told of must not be harmed by the telling. */
export function unfailing(log: LogSink): LogSink {
  return {
    log: (level, message, fields) => {
      try {
        log.log(level, message, fields);
      } catch {
        // There is nowhere left to tell.
      }
    },
  };
}
