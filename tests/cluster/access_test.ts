import { assertEquals } from "@std/assert";
import { addressAccess } from "../../src/cluster/access.ts";

const KNOWN = {
  listed: new Set(["10.0.0.1", "fd00::1"]),
  members: new Set(["10.0.0.2"]),
  own: new Set(["10.0.0.3"]),
};

Deno.test("addressAccess allows listed addresses, members and this node itself", () => {
  for (const ip of ["10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1"]) {
    assertEquals(addressAccess(ip, KNOWN), "allowed", ip);
  }
});

Deno.test("addressAccess knows an address in any of its spellings", () => {
  for (const ip of ["::ffff:10.0.0.1", "::ffff:a00:2", "FD00:0::0:1"]) {
    assertEquals(addressAccess(ip, KNOWN), "allowed", ip);
  }
});

Deno.test("addressAccess calls all others strangers, and whatever is no address", () => {
  for (const ip of ["10.0.0.4", "::ffff:10.0.0.4", "127.0.0.1", "", "10.0.0.1, 10.0.0.4"]) {
    assertEquals(addressAccess(ip, KNOWN), "stranger", ip);
  }
});
