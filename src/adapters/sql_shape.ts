/** What a query is, as far as labels may tell. */
export interface SqlShape {
  /** The verb, in lower case; `other` for one that is not known. */
  readonly command: string;
  /** The table of a simple statement; empty where the text does not tell. */
  readonly source: string;
}

/** Texts whose shapes are remembered; further ones are read again each time. */
export const SHAPES_MAX = 1_000;
/** Characters of a text that are read: a verb and its table come early. */
const TEXT_MAX = 2_000;
/** Longer names are left out. */
const NAME_MAX = 128;

const COMMANDS: ReadonlySet<string> = new Set([
  "alter",
  "analyze",
  "begin",
  "call",
  "close",
  "commit",
  "copy",
  "create",
  "declare",
  "delete",
  "do",
  "drop",
  "end",
  "explain",
  "fetch",
  "grant",
  "insert",
  "listen",
  "lock",
  "merge",
  "notify",
  "pragma",
  "refresh",
  "release",
  "replace",
  "reset",
  "revoke",
  "rollback",
  "savepoint",
  "select",
  "set",
  "show",
  "start",
  "truncate",
  "unlisten",
  "update",
  "vacuum",
  "values",
  "with",
]);

const NAME = String.raw`((?:"[^"]+"|[a-z_][\w$]*)(?:\.(?:"[^"]+"|[a-z_][\w$]*))?)`;
/** Where a statement of each verb names its table. */
const TABLES: Readonly<Record<string, RegExp>> = {
  delete: new RegExp(String.raw`^delete\s+from\s+(?:only\s+)?${NAME}`, "i"),
  insert: new RegExp(String.raw`^insert\s+(?:or\s+\w+\s+)?into\s+${NAME}`, "i"),
  replace: new RegExp(String.raw`^replace\s+into\s+${NAME}`, "i"),
  select: new RegExp(String.raw`(?<!\bdistinct\s)\bfrom\s+(?:only\s+)?${NAME}`, "i"),
  truncate: new RegExp(String.raw`^truncate\s+(?:table\s+)?(?:only\s+)?${NAME}`, "i"),
  update: new RegExp(String.raw`^update\s+(?:or\s+\w+\s+)?(?:only\s+)?${NAME}`, "i"),
};
/** Comments, and texts of which the content is nobody's table. */
const NO_CODE =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/g;
const INNERMOST_PARENTHESES = /\([^()]*\)/g;
const NESTING_MAX = 8;

/** Reads shapes, and remembers them by text. */
export class SqlShapes {
  readonly #shapes = new Map<string, SqlShape>();

  /** The shape of a statement; of several in one text, that of the first. */
  of(text: string): SqlShape {
    const known = this.#shapes.get(text);
    if (known !== undefined) return known;
    const shape = shapeOf(text);
    const isKept = this.#shapes.size < SHAPES_MAX && text.length <= TEXT_MAX;
    if (isKept) this.#shapes.set(text, shape);
    return shape;
  }
}

function shapeOf(text: string): SqlShape {
  const code = text.slice(0, TEXT_MAX).replace(NO_CODE, " ").trim();
  const verb = /^\(*\s*([a-z]+)/i.exec(code)?.[1]?.toLowerCase() ?? "";
  if (!COMMANDS.has(verb)) return { command: "other", source: "" };
  const table = TABLES[verb]?.exec(outermost(code))?.[1] ?? "";
  return { command: verb, source: table.length > NAME_MAX ? "" : spelled(table) };
}

/** The code without what is in parentheses: columns, subqueries, arguments. */
function outermost(code: string): string {
  let rest = code;
  for (let depth = 0; depth < NESTING_MAX && rest.includes("("); depth++) {
    rest = rest.replace(INNERMOST_PARENTHESES, " ");
  }
  return rest;
}

/** One spelling for one table: a name without quotes is the same in any case. */
function spelled(name: string): string {
  return name.replace(/"([^"]+)"|[^".]+/g, (part, quoted) => quoted ?? part.toLowerCase());
}
