/** Reads JSON of unknown shape, such as a JSON Schema from the server. An unexpected value counts as missing. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textAt(schema: JsonObject, key: string): string | null {
  const value = schema[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function numberAt(schema: JsonObject, key: string): number | null {
  const value = schema[key];
  return typeof value === 'number' ? value : null;
}

export function textsAt(schema: JsonObject, key: string): readonly string[] {
  const value = schema[key];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** Returns the schema; for `anyOf`, its first alternative that is not null, merged with the schema's other keywords. */
export function withoutNull(schema: JsonObject): JsonObject {
  const alternatives = schema['anyOf'];
  if (!Array.isArray(alternatives)) return schema;
  const alternative = alternatives.filter(isObject).find(({ type }) => type !== 'null');
  return alternative === undefined ? schema : { ...alternative, ...schema };
}
