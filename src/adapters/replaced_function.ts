// deno-lint-ignore no-explicit-any -- functions of other libraries, whose arguments are handed on
export type AnyFunction = (...args: any[]) => any;

/**
 * Replaces a function of an object by what `make` makes of it, until the returned function is called.
 * If somebody else has replaced it meanwhile, theirs stays.
 */
export function replaceFunction<K extends string>(
  target: { [P in K]: AnyFunction },
  name: K,
  make: (original: AnyFunction) => AnyFunction,
): () => void {
  const had = Object.getOwnPropertyDescriptor(target, name);
  const original = target[name];
  const replacement = make(original);
  Object.defineProperty(target, name, {
    value: replacement,
    configurable: true,
    writable: true,
    enumerable: had?.enumerable ?? false,
  });
  return () => {
    if (target[name] !== replacement) return;
    if (had === undefined) delete target[name];
    else Object.defineProperty(target, name, had);
  };
}
