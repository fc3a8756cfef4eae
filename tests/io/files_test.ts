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
    await assertRejects(() => systemFiles.replace(`${folder}/no/such`, new Uint8Array(1)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("systemFiles reads regular files alone: nothing that never ends, and nothing that must not be replaced", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const pipe = `${folder}/pipe`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    for (
      const [path, kind] of [[folder, "a directory"], ["/dev/zero", "a device"], [pipe, "a pipe"]]
    ) {
      await assertRejects(
        () => systemFiles.read(path!),
        Error,
        `it must be a regular file: ${path} is ${kind}`,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("systemFiles.follow leads to what links lead to, there or not, and refuses to go in circles", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assertEquals(await systemFiles.follow(`${folder}/none`), `${folder}/none`);
    await Deno.mkdir(`${folder}/volume`);
    await Deno.symlink("volume/ledger", `${folder}/a`);
    await Deno.symlink(`${folder}/a`, `${folder}/b`);
    assertEquals(await systemFiles.follow(`${folder}/b`), `${folder}/volume/ledger`);
    await systemFiles.replace(`${folder}/volume/ledger`, Uint8Array.of(1));
    assertEquals(await systemFiles.follow(`${folder}/b`), `${folder}/volume/ledger`);
    await Deno.symlink("d", `${folder}/c`);
    await Deno.symlink("c", `${folder}/d`);
    await assertRejects(
      () => systemFiles.follow(`${folder}/c`),
      Error,
      "more than 40 symbolic links",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
