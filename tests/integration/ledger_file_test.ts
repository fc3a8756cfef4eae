import { assertEquals, assertStringIncludes } from "@std/assert";
import { until } from "../until.ts";
import { NodeProcess } from "./node_process.ts";
import { sampleOf } from "./running_node.ts";

const HITS = "it_requests_total";

/** A cluster of one that keeps its totals in a file. */
async function startOver(folder: string, file: string): Promise<NodeProcess> {
  return await NodeProcess.start({
    env: {
      POD_NAME: "only",
      METRICS_PORT: "0",
      METRICS_LISTEN_HOST: "127.0.0.1",
      LEDGER_FILE: file,
    },
    flags: [`--allow-read=${folder}`, `--allow-write=${folder}`],
  });
}

async function hitsOf(node: NodeProcess): Promise<number> {
  let text = "";
  await until(async () => {
    text = await node.get("/metrics").catch(() => "");
    return text !== "";
  }, { what: "the node to answer", deadlineMs: 10_000 });
  return sampleOf(text, HITS) ?? 0;
}

/** Each answer is followed by a write, and nothing else is within ten seconds. */
async function untilWritten(node: NodeProcess, times: number): Promise<void> {
  await until(async () => {
    const text = await node.get("/metrics/node");
    return sampleOf(text, 'muster_ledger_file_writes_total{outcome="written"}') === times;
  }, { what: `the file to be written ${times} times`, deadlineMs: 5_000 });
}

Deno.test("LEDGER_FILE carries the totals over a stop, and over a SIGKILL what was shown before it", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/ledger`;
  try {
    {
      await using node = await startOver(folder, file);
      await node.inc(1_000);
      assertEquals(await hitsOf(node), 1_000);
      await node.inc(1);
      assertEquals(await node.terminate(), 0, node.log);
    }
    {
      await using node = await startOver(folder, file);
      assertEquals(await hitsOf(node), 1_001);
      await untilWritten(node, 1);
      await node.inc(10_000);
      assertEquals(await hitsOf(node), 11_001);
      await untilWritten(node, 2);
      await node.kill();
    }
    {
      await using node = await startOver(folder, file);
      assertEquals(await hitsOf(node), 11_001);
    }
    await Deno.writeTextFile(file, "not a ledger");
    await using node = await startOver(folder, file);
    assertEquals(await hitsOf(node), 0);
    assertStringIncludes(node.log, "is kept as");
    assertEquals(await Deno.readTextFile(`${file}.set-aside`), "not a ledger");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
