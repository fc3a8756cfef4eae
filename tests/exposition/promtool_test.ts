import { assertEquals } from "@std/assert";
import { TextRenderer } from "../../src/exposition/text.ts";
import { requireBinary } from "../servers/needed_binaries.ts";
import { hostileRegistry } from "./hostile_registry.ts";
import { joined } from "./rendered.ts";

Deno.test("TextRenderer writes hostile labels and helps so that promtool finds nothing to say", async () => {
  const child = new Deno.Command(requireBinary("promtool"), {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  const input = child.stdin.getWriter();
  await input.write(joined(new TextRenderer().render(hostileRegistry().shard)));
  await input.close();
  const { code, stdout, stderr } = await output;
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals({ code, said }, { code: 0, said: "" });
});
