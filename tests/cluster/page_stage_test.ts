import { assertEquals } from "@std/assert";
import { PageStage } from "../../src/cluster/page_stage.ts";
import { LayoutAdditions } from "../../src/cluster/wire/layout_additions.ts";
import type { ShardDelta } from "../../src/cluster/wire/message.ts";
import { EXAMPLES } from "./wire/examples.ts";

const [WHOLE] = EXAMPLES["1_newer_answer"]!.shards;
const PAGE: ShardDelta = { ...WHOLE!, next: { seq: 300, cell: 1_024 } };
const LAST: ShardDelta = { ...WHOLE!, layoutFrom: 8, additions: new LayoutAdditions(), next: null };

Deno.test("PageStage asks on where a page ended, and joins when the last came", () => {
  const stage = new PageStage(0);
  assertEquals(stage.add(PAGE), {
    kind: "partial",
    next: {
      incarnation: PAGE.identity.incarnation,
      sinceSeq: 299,
      revision: 8,
      resume: { seq: 300, cell: 1_024 },
    },
  });
  const staged = stage.add(LAST);
  assertEquals(staged.kind === "whole" && staged.delta.additions.length, 8);
});

Deno.test("PageStage drops pages that the next one does not continue, and can begin again", () => {
  const stage = new PageStage(0);
  stage.add(PAGE);
  assertEquals(stage.add({ ...LAST, seq: 301 }), { kind: "broken" });
  stage.add(PAGE);
  assertEquals(stage.add(LAST).kind, "whole");
});

Deno.test("PageStage keeps the pages of different shards apart", () => {
  const stage = new PageStage(0);
  const other = { ...PAGE.identity, incarnation: "00000000000000aa" };
  stage.add(PAGE);
  stage.add({ ...PAGE, identity: other });
  assertEquals(stage.add(LAST).kind, "whole");
  assertEquals(stage.add({ ...LAST, identity: other }).kind, "whole");
});
