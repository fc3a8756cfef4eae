/** Takes the data out of a stream of server-sent events whose events have one line of data each. */
export class SseReader {
  #rest = "";

  /** The data of every line that `text` completes. */
  push(text: string): string[] {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop()!;
    return lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6));
  }
}
