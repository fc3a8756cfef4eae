/** A promise that was broken; ends the simulation that finds it. */
export class Violation extends Error {
  /** The name of the promise. */
  readonly promise: string;
  readonly atMs: number;

  constructor(promise: string, atMs: number, message: string) {
    super(message);
    this.name = "Violation";
    this.promise = promise;
    this.atMs = atMs;
  }
}
