import { assertEquals } from "@std/assert";
import { exporterList } from "../../src/config/exporter_list.ts";

Deno.test("exporterList reads names with addresses, an = in an address included", () => {
  assertEquals(exporterList("db=http://127.0.0.1:9187/metrics, x.y-1=https://[::1]/m?a=b"), {
    kind: "value",
    value: [
      { name: "db", url: "http://127.0.0.1:9187/metrics" },
      { name: "x.y-1", url: "https://[::1]/m?a=b" },
    ],
  });
});

Deno.test("exporterList refuses what is no list of names with http addresses, each name once", () => {
  for (
    const text of [
      "",
      "db",
      "db=",
      "=http://x/",
      "a b=http://x/",
      "db=ftp://x/",
      "db=127.0.0.1:9187",
      "db=http://x/,",
      "db=http://x/,db=http://y/",
      Array.from({ length: 101 }, (_, i) => `e${i}=http://x/`).join(),
    ]
  ) assertEquals(exporterList(text).kind, "invalid", text);
});
