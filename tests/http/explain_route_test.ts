import { assertEquals } from "@std/assert";
import type { Explained } from "../../src/http/cluster_explanation.ts";
import type { ExplainQuery } from "../../src/http/explain_query.ts";
import { explainRoute } from "../../src/http/explain_route.ts";

const SAMPLES: Explained = {
  kind: "explained",
  explanation: {
    self: { id: "a", incarnation: "1", cluster: "c" },
    atMs: 7,
    refusal: null,
    samples: [],
  },
};

/** The answer to a query, and what was asked of the explanation. */
async function ask(query: string, explained: Explained = SAMPLES) {
  const asked: ExplainQuery[] = [];
  const explanation = {
    explain: (one: ExplainQuery) => (asked.push(one), Promise.resolve(explained)),
  };
  const response = await explainRoute({ explanation, timeoutMs: 1_000 })
    .request(`/cluster/explain${query}`);
  return { status: response.status, body: await response.json(), asked };
}

Deno.test("GET /cluster/explain asks for a name and for labels, whose values may hold colons", async () => {
  const { status, body, asked } = await ask("?name=x_bucket&label=le:%2BInf&label=url:http://a/");
  assertEquals([status, body], [200, SAMPLES.kind === "explained" ? SAMPLES.explanation : null]);
  const labels = new Map([["le", "+Inf"], ["url", "http://a/"]]);
  assertEquals(asked, [{ name: "x_bucket", labels }]);
});

Deno.test("GET /cluster/explain refuses a query that it does not understand, with the form to use", async () => {
  const table: readonly (readonly [string, string])[] = [
    ["", "the query must have one name: received none"],
    ["?name=", "the query must have one name: received none"],
    ["?name=a&name=b", "the query must have one name: received 2 names"],
    ["?name=a&node=b", 'the query must have name and label only: received "node"'],
    ["?name=a&label=b", 'label must be "<name>:<value>": received "b"'],
    ["?name=a&label=:b", 'label must be "<name>:<value>": received ":b"'],
    ["?name=a&label=b:1&label=b:2", 'a label must be there once: received "b" twice'],
  ];
  for (const [query, rule] of table) {
    const { status, body, asked } = await ask(query);
    assertEquals([status, asked.length], [400, 0], query);
    assertEquals(
      body.error,
      `Cannot explain a number: ${rule}. Ask with "?name=http_requests_total", and ` +
        '"&label=method:GET" for each label that samples must have.',
    );
  }
});

Deno.test("GET /cluster/explain is 404 where nothing matches, and 400 where too much does", async () => {
  const unknown = await ask("?name=a", { kind: "unknown", reason: "No such thing." });
  assertEquals([unknown.status, unknown.body], [404, { error: "No such thing." }]);
  const tooMany = await ask("?name=a", { kind: "too_many", reason: "Too many." });
  assertEquals([tooMany.status, tooMany.body], [400, { error: "Too many." }]);
});
