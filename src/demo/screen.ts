const CLEAR_LINE = "\r\x1b[2K";

/** Where the demo prints: lines that stay, and on a terminal one last line that is replaced. */
export class Screen {
  readonly isTerminal: boolean = Deno.stdout.isTerminal();
  readonly #colors: boolean = this.isTerminal && !Deno.noColor;
  readonly #onClosed: () => void;
  readonly #encoder = new TextEncoder();
  #status = "";

  /** `onClosed` is called when nobody reads any more. */
  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
  }

  /** Prints lines above the status. */
  print(...lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join("");
    this.#write(this.#status === "" ? text : `${CLEAR_LINE}${text}${this.#status}`);
  }

  /** Replaces the last line; does nothing where that is impossible. */
  status(text: string): void {
    if (!this.isTerminal) return;
    const { columns } = Deno.consoleSize();
    this.#status = this.dim(text.slice(0, columns - 1));
    this.#write(`${CLEAR_LINE}${this.#status}`);
  }

  /** Text that stands out. */
  bold(text: string): string {
    return this.#colors ? `\x1b[1m${text}\x1b[22m` : text;
  }

  /** Text that stands back. */
  dim(text: string): string {
    return this.#colors ? `\x1b[2m${text}\x1b[22m` : text;
  }

  /** Removes the status. */
  close(): void {
    if (this.#status !== "") this.#write(CLEAR_LINE);
    this.#status = "";
  }

  #write(text: string): void {
    const bytes = this.#encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
    } catch {
      this.#onClosed();
    }
  }
}
