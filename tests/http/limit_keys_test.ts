import { assertEquals, assertThrows } from "@std/assert";
import {
  headerKey,
  ipKey,
  joinedKey,
  type LimitedContext,
  type LimitKey,
} from "../../src/http/limit_keys.ts";
import type { ClientIpOptions } from "../../src/rate_limit/client_ip.ts";

Deno.test("a key by header needs the name of one", () => {
  const wrong: [name: unknown, received: string][] = [
    [undefined, "nothing"],
    ["", '""'],
    ["x y", '"x y"'],
    ["x:", '"x:"'],
    ["schlüssel", '"schlüssel"'],
    [["x"], '["x"]'],
  ];
  for (const [name, received] of wrong) {
    const { message } = assertThrows(() => headerKey(name as string), TypeError);
    const rule = 'name must be that of a header, such as "x-api-key"';
    assertEquals(message, `Cannot key by a header: ${rule}: received ${received}`);
  }
  const context = { req: { header: (name: string) => name } } as unknown as LimitedContext;
  for (const name of ["x-api-key", "Authorization", "!#$%&'*+-.^_`|~9"]) {
    assertEquals(headerKey(name)(context), name);
  }
});

Deno.test("a key by address needs a list of the proxies that are trusted", () => {
  for (const trustedProxies of ["10.0.0.0/8", [5]]) {
    const options: unknown = { trustedProxies };
    assertThrows(() => ipKey(options as ClientIpOptions), TypeError, "trustedProxies");
  }
});

Deno.test("only functions can be joined", () => {
  const keys = [() => "a", "ip", undefined] as unknown as LimitKey[];
  const { message } = assertThrows(() => joinedKey(...keys), TypeError);
  const rule = "must be a function: received";
  assertEquals(
    message,
    `Cannot join keys of a limiter: keys[1] ${rule} "ip"; keys[2] ${rule} nothing`,
  );
});
