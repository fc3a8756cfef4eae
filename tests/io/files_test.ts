import { assertEquals, assertRejects } from "@std/assert";
import { systemFiles } from "../../src/io/files.ts";

Deno.test("systemFiles reads what it put in a file's place, nothing where there is none, and renames", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/ledger`;
    assertEquals(await systemFiles.read(path), null);
    await systemFiles.replace(path, new Uint8Array(100_000).fill(7));
    await systemFiles.replace(path, Uint8Array.of(1, 2, 3));
    assertEquals(await systemFiles.read(path), Uint8Array.of(1, 2, 3));
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["ledger"]);
    assertEquals(Deno.statSync(path).mode! & 0o777, 0o600, "totals are nobody else's business");
    await systemFiles.rename(path, `${path}.set-aside`);
    assertEquals([
      await systemFiles.read(path),
      (await systemFiles.read(`${path}.set-aside`))?.length,
    ], [
      null,
      3,
    ]);
    await assertRejects(() => systemFiles.read(folder));
    await assertRejects(() => systemFiles.replace(`${folder}/no/such`, new Uint8Array(1)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
