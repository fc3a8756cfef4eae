/**
 * Calls `onKey` with every character that is typed: on a terminal at once, from a pipe as it comes.
 * The returned function gives the terminal back. The end of a pipe means nothing.
 */
export function readKeys(onKey: (key: string) => void): () => void {
  const isTerminal = Deno.stdin.isTerminal();
  // With `cbreak`, Ctrl-C stays a signal, which also reaches the demo when it is busy.
  if (isTerminal) Deno.stdin.setRaw(true, { cbreak: true });
  void (async () => {
    for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
      for (const key of text) onKey(key);
    }
  })().catch(() => {}); // A terminal that went away also sends SIGHUP.
  return () => {
    if (isTerminal) Deno.stdin.setRaw(false);
  };
}
