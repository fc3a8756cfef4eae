import { assertEquals } from "@std/assert";
import { networkList, requestLimit } from "../../src/config/options/limits.ts";

Deno.test("requestLimit reads a number of requests and a time, and off", () => {
  const value = (text: string) => {
    const parsed = requestLimit(text);
    return parsed.kind === "value" ? parsed.value : "invalid";
  };
  assertEquals(value("100/1s"), { limit: 100, windowMs: 1_000 });
  assertEquals(value("5000/10m"), { limit: 5_000, windowMs: 600_000 });
  assertEquals(value("1/24h"), { limit: 1, windowMs: 86_400_000 });
  assertEquals(value("off"), null);
  // The bounds of a limiter.
  assertEquals(value("1000000000/8784h"), { limit: 1e9, windowMs: 366 * 86_400_000 });
  assertEquals(value("10000000/31622400s"), { limit: 1e7, windowMs: 366 * 86_400_000 });
  const wrong = [
    "",
    "100",
    "100/s",
    "0/1s",
    "1/0s",
    "-1/1s",
    "1.5/1s",
    "1000000001/24h",
    "10000001/1s",
    "100/8785h",
    "100/9999h",
    "1/31622401s",
    "1/1d",
    "100/1s ",
  ];
  assertEquals(wrong.filter((text) => value(text) !== "invalid"), []);
});

Deno.test("networkList reads addresses and networks, each once", () => {
  const value = (text: string) => {
    const parsed = networkList(text);
    return parsed.kind === "value" ? parsed.value : "invalid";
  };
  assertEquals(value("10.0.0.0/8, fd00::/8,10.0.0.0/8"), ["10.0.0.0/8", "fd00::/8"]);
  const many = Array.from({ length: 101 }, (_, i) => `10.0.0.${i}`).join();
  const wrong = ["", "10.0.0.0/33", "proxy.example.org", "10.0.0.1,", many];
  assertEquals(wrong.filter((text) => value(text) !== "invalid"), []);
});
