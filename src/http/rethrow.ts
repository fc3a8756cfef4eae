/** Has an app pass its errors on to its server, which logs them, instead of printing them itself. */
export function rethrow(error: Error): never {
  throw error;
}
