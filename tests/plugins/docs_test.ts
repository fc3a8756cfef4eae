import { assert, assertEquals } from "@std/assert";
import { docs } from "../../src/docs.ts";
import { pluginDocs } from "../../src/plugins/plugin_docs.ts";
import { definePlugin } from "../../src/plugins/plugin.ts";

Deno.test("METRICS.md says what the plugins say: deno task docs writes it anew", async () => {
  const written = await Deno.readTextFile(new URL("../../src/plugins/METRICS.md", import.meta.url));
  assertEquals(await formatted(docs()), written);
});

Deno.test("a plugin's section has its metrics, what its events carry, and its polls", () => {
  const plugin = definePlugin({
    name: "mail",
    help: "E-mail.",
    options: { prefix: "" },
    dashboards: ["mail.json"],
    metrics: {
      "mail.sent.total": { kind: "counter", help: "Mails.", group: "sent", labels: ["via"] },
      "mail.seconds": { kind: "histogram", help: "Time.", group: "sent", buckets: [1, 2] },
      "mail.queue": { kind: "gauge", help: "Waiting.", group: "queue", merge: "sum" },
    },
    events: {
      "mail.sent": {
        help: "A mail was sent.",
        bindings: [
          { metric: "mail.sent.total", labels: { via: "server" }, when: { status: ["a", "b"] } },
          { metric: "mail.seconds", measurement: "ms", convert: "ms_to_seconds" },
        ],
      },
    },
    polls: { queue: { help: "The queue.", metrics: ["mail.queue"], everyMs: 500, read: () => [] } },
  });
  const [, section] = pluginDocs([plugin], "p").split("## mail\n");
  assertEquals(
    section,
    `
E-mail. Shown by \`dashboards/mail.json\`.

| metric | kind | labels | buckets | group | what |
| --- | --- | --- | --- | --- | --- |
| \`mail_sent_total\` | counter | via |  | mail.sent | Mails. |
| \`mail_seconds\` | histogram |  | 1, 2 | mail.sent | Time. |
| \`mail_queue\` | gauge, sum |  |  | mail.queue | Waiting. |

| event | when | what it moves |
| --- | --- | --- |
| \`mail.sent\` | A mail was sent. | \`mail_sent_total\` (count, via from server, if status is a or b); \`mail_seconds\` (ms, ms to seconds) |

| poll | reads | every | metrics |
| --- | --- | --- | --- |
| queue | The queue. | 0.5 s | \`mail_queue\` |
`,
  );
});

async function formatted(markdown: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "md", "--line-width", "100", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([markdown]).stream().pipeTo(child.stdin);
  const { success, stdout } = await output;
  assert(success);
  return new TextDecoder().decode(stdout);
}
