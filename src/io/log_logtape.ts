import { configureSync, getConfig, getLogger, type LogRecord, resetSync } from "@logtape/logtape";
import type { LogLevel, LogSink } from "./log.ts";
import { jsonLine, prettyLine } from "./log_line.ts";

/** How the log of a process looks and where it goes. */
export interface LogTapeOptions {
  /** Lines below this level are dropped. */
  readonly level: LogLevel;
  /** `auto`: pretty on a terminal, otherwise one JSON object a line. */
  readonly format: "auto" | "json" | "pretty";
  /** Receives each line with its line feed. Default: standard error, where a failed write is ignored. */
  readonly write?: (line: string) => void;
  /** Default: whether standard error is a terminal. */
  readonly isTerminal?: boolean;
  /** Default: unless `NO_COLOR` is set. */
  readonly colors?: boolean;
}

const CATEGORY = "muster";

/**
 * A sink that hands everything to LogTape, under the category `muster`. What becomes of it is for the
 * one who configures LogTape to decide: {@link startLogTape} in our own `main.ts`, the host
 * application where Muster is a library. Any number of runtimes may use it.
 */
export function logTapeSink(): LogSink {
  const logger = getLogger([CATEGORY]);
  return {
    log(level, message, fields = {}) {
      if (!logger.isEnabledFor(level)) return;
      // Not `logger.info(message)`: LogTape would replace `{…}` in a message, which may quote anything.
      logger.emit({
        level,
        message: [message],
        rawMessage: message,
        timestamp: Date.now(),
        properties: { ...fields },
      });
    },
  };
}

/**
 * Configures LogTape for this process, which has one configuration for all. The returned function
 * takes it back.
 *
 * @throws {TypeError} If LogTape is configured already.
 */
export function startLogTape(options: LogTapeOptions): () => void {
  if (getConfig() !== null) {
    throw new TypeError(
      "Cannot start the log: LogTape must not be configured yet: received a second configuration; " +
        "use logTapeSink() alone where the application configures LogTape itself",
    );
  }
  const write = options.write ?? writeToStandardError;
  const pretty = options.format === "pretty" ||
    (options.format === "auto" && (options.isTerminal ?? Deno.stderr.isTerminal()));
  const colors = options.colors ?? !Deno.noColor;
  const sink = (record: LogRecord) => {
    const message = record.message.join("");
    const { level, timestamp, properties } = record;
    write(
      pretty
        ? prettyLine(level, timestamp, message, properties, colors)
        : jsonLine(level, timestamp, message, properties),
    );
  };
  configureSync({
    sinks: { stderr: sink },
    loggers: [
      { category: [CATEGORY], sinks: ["stderr"], lowestLevel: options.level },
      // LogTape's own complaints; at this level it does not greet.
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "warning" },
    ],
  });
  return resetSync;
}

/** Synchronous, so that the last words of a process are not lost. */
function writeToStandardError(line: string): void {
  const bytes = new TextEncoder().encode(line);
  try {
    for (let written = 0; written < bytes.length;) {
      written += Deno.stderr.writeSync(bytes.subarray(written));
    }
  } catch {
    // Nobody reads standard error any more; that must not stop the service.
  }
}
