/**
 * What is wrong with an exposition, and where: the one error that a parser throws. `line` and `column`
 * begin at 1; columns count UTF-16 units.
 */
export class ExpositionSyntaxError extends SyntaxError {
  override readonly name = "ExpositionSyntaxError";
  readonly line: number;
  readonly column: number;
  /** The rule that is broken, without the place. */
  readonly reason: string;

  constructor(line: number, column: number, reason: string) {
    super(`Cannot read the exposition: line ${line}, column ${column}: ${reason}`);
    this.line = line;
    this.column = column;
    this.reason = reason;
  }
}
