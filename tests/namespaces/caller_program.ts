// Runs inside a network namespace: makes the requests that come as JSON lines, and prints the answers.
import type { CallerAnswer, CallerRequest } from "./caller.ts";

const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
let rest = "";
for await (const text of lines) {
  const [...complete] = (rest + text).split("\n");
  rest = complete.pop()!;
  for (const line of complete) void answer(JSON.parse(line));
}

async function answer({ id, method, url, headers, timeoutMs }: CallerRequest): Promise<void> {
  let answer: CallerAnswer;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method, headers, signal });
    answer = { id, status: response.status, text: await response.text() };
  } catch (error) {
    answer = { id, status: 0, text: String(error) };
  }
  const bytes = new TextEncoder().encode(JSON.stringify(answer) + "\n");
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
