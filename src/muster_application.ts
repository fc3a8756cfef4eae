import own from "../deno.json" with { type: "json" };
import type { ApplicationFacts } from "./plugins/application.ts";
import { VERSION } from "./version.ts";

const { imports } = own;

/** What a node is that runs no other application. The rest of the imports are for tests. */
export const MUSTER_APPLICATION: Required<Omit<ApplicationFacts, "features">> = {
  name: "muster",
  version: VERSION,
  dependencies: {
    "@logtape/logtape": imports["@logtape/logtape"],
    "dns-packet": imports["dns-packet"],
    "hono": imports.hono,
  },
};
