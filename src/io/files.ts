/** Files, as far as Muster needs them. */
export interface FileStore {
  /**
   * The content of a file, or null where there is none.
   *
   * @throws {Error} if it can't be read.
   */
  read(path: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /**
   * Puts a file in the place of the one before. Whatever happens meanwhile, the path has all of the old
   * content or all of the new one.
   *
   * @throws {Error} if it can't be written.
   */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Renames a file, in the place of another one of that name.
   *
   * @throws {Error} if it can't be renamed.
   */
  rename(from: string, to: string): Promise<void>;
}

/** The files of this machine. */
export const systemFiles: FileStore = {
  async read(path) {
    try {
      return await Deno.readFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  },
  async replace(path, bytes) {
    const next = `${path}.next`;
    {
      using file = await Deno.open(next, {
        write: true,
        create: true,
        truncate: true,
        mode: 0o600,
      });
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      // The name must not lead to the new content before that is on the disk.
      await file.sync();
    }
    await Deno.rename(next, path);
  },
  rename: (from, to) => Deno.rename(from, to),
};
