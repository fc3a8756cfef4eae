import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";
import { type LogTapeOptions, logTapeSink, startLogTape } from "../../src/io/log_logtape.ts";

function linesOf(options: Partial<LogTapeOptions>, test: () => void): string[] {
  const lines: string[] = [];
  const stop = startLogTape({
    level: "info",
    format: "json",
    write: (line) => lines.push(line),
    ...options,
  });
  try {
    test();
  } finally {
    stop();
  }
  return lines;
}

Deno.test("startLogTape writes JSON lines at and above the level", () => {
  const lines = linesOf({ level: "warning" }, () => {
    const log = logTapeSink();
    log.log("debug", "no");
    log.log("info", "no");
    log.log("warning", "yes", { node: "a" });
    log.log("error", "yes");
  });
  const parsed = lines.map((line) => JSON.parse(line));
  assertEquals(parsed.map((line) => [line.level, line.message, line.node]), [
    ["warning", "yes", "a"],
    ["error", "yes", undefined],
  ]);
  assertMatch(parsed[0].time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

Deno.test("LogSink.log leaves braces in a message as they are", () => {
  const lines = linesOf({}, () => logTapeSink().log("info", "{node} {{x}} {*}", { node: "a" }));
  assertEquals(lines.map((line) => JSON.parse(line).message), ["{node} {{x}} {*}"]);
});

Deno.test("startLogTape chooses the format by the terminal when it is auto", () => {
  const log = () => logTapeSink().log("info", "Hello.");
  assertMatch(linesOf({ format: "auto", isTerminal: false }, log)[0]!, /^\{"time":/);
  const pretty = linesOf({ format: "auto", isTerminal: true, colors: false }, log)[0]!;
  assertMatch(pretty, /^\d\d:\d\d:\d\d\.\d{3} info {4}Hello\.\n$/);
});

Deno.test("startLogTape refuses a second configuration and can start again after the first stopped", () => {
  const options = { level: "info", format: "json", write() {} } as const;
  const stop = startLogTape(options);
  assertThrows(() => startLogTape(options), TypeError, "not be configured yet");
  stop();
  startLogTape(options)();
});

Deno.test("logTapeSink logs into the configuration of a host application, and nowhere without one", () => {
  const records: LogRecord[] = [];
  const log = logTapeSink();
  log.log("error", "nowhere");
  configureSync({
    sinks: { mine: (record) => records.push(record) },
    loggers: [
      { category: ["muster"], sinks: ["mine"] },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "error" },
    ],
  });
  log.log("info", "here", { a: 1 });
  resetSync();
  assertEquals(
    records.map(({ category, message, properties }) => ({
      category,
      message,
      properties,
    })),
    [{ category: ["muster"], message: ["here"], properties: { a: 1 } }],
  );
});

Deno.test("startLogTape writes to standard error, and standard output stays clean", async () => {
  const module = new URL("../../src/io/log_logtape.ts", import.meta.url);
  const script = `import { logTapeSink, startLogTape } from "${module}";
    startLogTape({ level: "info", format: "auto" });
    logTapeSink().log("info", "Hello {x}.");`;
  const path = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(path, script);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--frozen", "--no-prompt", `--config=${config}`, path],
  }).output();
  const text = new TextDecoder();
  assertEquals([success, text.decode(stdout)], [true, ""]);
  assertEquals(JSON.parse(text.decode(stderr)).message, "Hello {x}.");
  await Deno.remove(path);
});
