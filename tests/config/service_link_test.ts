import { assertEquals } from "@std/assert";
import { fileVariableOf } from "../../src/config/option.ts";
import { OPTION_ROWS } from "../../src/config/options.ts";
import { isServiceLinkName, isServiceLinkPort } from "../../src/config/service_link.ts";

Deno.test("isServiceLinkName knows every variable of a Service by its name, but for the one that has a plain port's name", () => {
  for (const service of ["MUSTER", "METRICS", "CLUSTER", "MUSTER_CANARY", "POD_INFO"]) {
    const names = [
      `${service}_SERVICE_HOST`,
      `${service}_SERVICE_PORT`,
      `${service}_SERVICE_PORT_METRICS`,
      `${service}_SERVICE_PORT_HTTP_APP`,
      `${service}_PORT_4021_TCP`,
      `${service}_PORT_4021_TCP_PROTO`,
      `${service}_PORT_4021_TCP_PORT`,
      `${service}_PORT_4021_TCP_ADDR`,
      `${service}_PORT_53_UDP`,
      `${service}_PORT_53_SCTP_ADDR`,
    ];
    for (const name of names) assertEquals(isServiceLinkName(name), true, name);
    assertEquals(isServiceLinkName(`${service}_PORT`), false);
  }
});

Deno.test("isServiceLinkPort tells the remaining one by its value", () => {
  assertEquals(isServiceLinkPort("METRICS_PORT", "tcp://10.0.0.1:4021"), true);
  assertEquals(isServiceLinkPort("METRICS_PORT", "udp://10.0.0.1:53"), true);
  assertEquals(isServiceLinkPort("METRICS_PORT", "tcp://[fd00::1]:4021"), true);
  assertEquals(isServiceLinkPort("METRICS_PORT", "4021"), false);
  assertEquals(isServiceLinkPort("METRICS_PATH", "tcp://10.0.0.1:4021"), false);
});

Deno.test("isServiceLinkName matches no option, so none can be mistaken for a link", () => {
  for (const { env } of OPTION_ROWS) {
    assertEquals(
      [isServiceLinkName(env), isServiceLinkName(fileVariableOf(env))],
      [false, false],
      env,
    );
  }
});
