import { dirname, resolve } from "node:path";

/** Bytes of a file that is read. */
const FILE_BYTES_MAX = 2 ** 30;
/** Links that lead to each other; Linux follows as many. */
const LINKS_MAX = 40;

/** Files, as far as Muster needs them. */
export interface FileStore {
  /**
   * Where a path leads when its symbolic links are followed, whether or not there is a file: what is put
   * in the place of a link would not be where the link leads.
   *
   * @throws {Error} if it can't be found out.
   */
  follow(path: string): Promise<string>;
  /**
   * The content of a file, or null where there is none.
   *
   * @throws {Error} if it can't be read, is no regular file, or has more than 1 GiB.
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
  async follow(path) {
    let at = path;
    for (let links = 0; links <= LINKS_MAX; links++) {
      const info = await unlessMissing(Deno.lstat(at));
      if (info === null || !info.isSymlink) return at;
      at = resolve(dirname(at), await Deno.readLink(at));
    }
    throw new Error(`more than ${LINKS_MAX} symbolic links lead on from ${path}`);
  },
  async read(path) {
    const info = await unlessMissing(Deno.stat(path));
    if (info === null) return null;
    // A device or a pipe may never end, and must not be replaced by a file.
    if (!info.isFile) throw new Error(`it must be a regular file: ${path} is ${kindOf(info)}`);
    if (info.size > FILE_BYTES_MAX) {
      throw new Error(`it must have at most ${FILE_BYTES_MAX} bytes: ${path} has ${info.size}`);
    }
    return await unlessMissing(Deno.readFile(path));
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

async function unlessMissing<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function kindOf(
  { isDirectory, isCharDevice, isBlockDevice, isFifo, isSocket }: Deno.FileInfo,
): string {
  if (isDirectory) return "a directory";
  if (isCharDevice || isBlockDevice) return "a device";
  if (isFifo) return "a pipe";
  return isSocket ? "a socket" : "none";
}
