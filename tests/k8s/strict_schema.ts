/** A compiled schema of kubernetes-models: false, with `errors`, if the data does not fit. */
export interface Validate {
  (data: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: unknown;
}

/**
 * What is wrong with `data`. The schemas of kubernetes-models accept fields that they do not know, but
 * as they are compiled, they look at every field that they do know, and enumerate maps: a field that is
 * neither looked at nor enumerated is unknown.
 */
export function schemaProblems(validate: Validate, data: unknown): string[] {
  const looks = new Map<object, Looks>();
  const fits = validate(watched(data, looks));
  if (!fits) {
    return (validate.errors ?? []).map(({ instancePath, keyword, params }) =>
      `${instancePath} ${keyword} ${JSON.stringify(params)}`
    );
  }
  return unknownFields(data, looks, "");
}

interface Looks {
  readonly fields: Set<string>;
  isEnumerated: boolean;
}

function watched(value: unknown, looks: Map<object, Looks>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const seen: Looks = looks.get(value) ?? { fields: new Set(), isEnumerated: Array.isArray(value) };
  looks.set(value, seen);
  return new Proxy(value, {
    get(target, field, receiver) {
      if (typeof field === "string") seen.fields.add(field);
      return watched(Reflect.get(target, field, receiver), looks);
    },
    ownKeys(target) {
      seen.isEnumerated = true;
      return Reflect.ownKeys(target);
    },
  });
}

function unknownFields(value: unknown, looks: Map<object, Looks>, path: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  const seen = looks.get(value);
  return Object.entries(value).flatMap(([field, inner]) => {
    const isKnown = seen !== undefined && (seen.isEnumerated || seen.fields.has(field));
    if (!isKnown) return [`${path}/${field} is unknown`];
    return unknownFields(inner, looks, `${path}/${field}`);
  });
}
