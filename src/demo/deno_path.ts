/**
 * Prints where this Deno is. `deno task demo` allows its parent process to run exactly that: under `npx`,
 * the `deno` of `PATH` is a wrapper that would shield the nodes from being killed.
 */
if (import.meta.main) Deno.stdout.writeSync(new TextEncoder().encode(Deno.execPath()));
