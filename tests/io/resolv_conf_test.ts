import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseResolvConf, readResolvConf } from "../../src/io/resolv_conf.ts";

Deno.test("parseResolvConf reads name servers and options, and ignores what full names don't need", () => {
  const conf = parseResolvConf(`# written by the kubelet
search default.svc.cluster.local svc.cluster.local
nameserver 10.96.0.10
nameserver\tfd00::10   # the other family
options ndots:5 timeout:2 attempts:3 rotate
`);
  assertEquals(conf, {
    servers: [{ address: "10.96.0.10", port: 53 }, { address: "fd00::10", port: 53 }],
    timeoutMs: 2_000,
    attempts: 3,
    ignored: [],
  });
});

Deno.test("parseResolvConf falls back to glibc's defaults where the file says nothing usable", () => {
  for (const text of ["", "\n\n", ";nameserver 10.0.0.1\n", " nameserver 10.0.0.1\n", "\0\xff"]) {
    assertEquals(parseResolvConf(text), {
      servers: [{ address: "127.0.0.1", port: 53 }],
      timeoutMs: 5_000,
      attempts: 2,
      ignored: [],
    }, JSON.stringify(text));
  }
});

Deno.test("parseResolvConf uses three name servers and names every line that it can't use", () => {
  const conf = parseResolvConf(
    ["10.0.0.1", "dns.example", "10.0.0.2", "fe80::1%eth0", "10.0.0.4", ""]
      .map((server) => `nameserver ${server}\r\n`).join(""),
  );
  const addresses = conf.servers.map((server) => server.address);
  assertEquals(addresses, ["10.0.0.1", "10.0.0.2", "fe80::1%eth0"]);
  assertEquals(conf.ignored, [
    'A nameserver must be an IP address: received "dns.example".',
    "At most 3 name servers are used: 10.0.0.4 is not.",
    'A nameserver must be an IP address: received "".',
  ]);
});

Deno.test("parseResolvConf clamps options as resolv.conf(5) does and reports it", () => {
  const table: readonly [string, number, number, number][] = [
    ["timeout:0 attempts:0", 1_000, 1, 2],
    ["timeout:31 attempts:6", 30_000, 5, 2],
    ["timeout:x attempts:", 5_000, 2, 2],
    ["timeout:1 timeout:3", 3_000, 2, 0],
    ["timeouts:9", 5_000, 2, 0],
  ];
  for (const [options, timeoutMs, attempts, ignored] of table) {
    const conf = parseResolvConf(`options ${options}`);
    assertEquals([conf.timeoutMs, conf.attempts, conf.ignored.length], [
      timeoutMs,
      attempts,
      ignored,
    ], options);
  }
});

Deno.test("parseResolvConf stops at 1000 lines", () => {
  const conf = parseResolvConf("\n".repeat(1_000) + "nameserver 10.0.0.1\n");
  assertEquals(conf.servers[0]!.address, "127.0.0.1");
  assertEquals(conf.ignored, ["Only the first 1000 lines are read."]);
});

Deno.test("readResolvConf reads a file, and tells when it can't", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "nameserver 10.1.2.3\n");
  assertEquals((await readResolvConf(path)).servers[0]!.address, "10.1.2.3");
  await Deno.remove(path);
  const conf = await readResolvConf(path);
  assertEquals(conf.servers[0]!.address, "127.0.0.1");
  assertStringIncludes(conf.ignored[0]!, `Cannot read ${path}`);
});
