/** Reading a JSON Schema that came over the wire: whatever is not as expected counts as not there. */
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

/** The schema, or of alternatives the first that is not for null, with what is said about them all. */
export function withoutNull(schema: JsonObject): JsonObject {
  const alternatives = schema['anyOf'];
  if (!Array.isArray(alternatives)) return schema;
  const alternative = alternatives.filter(isObject).find(({ type }) => type !== 'null');
  return alternative === undefined ? schema : { ...alternative, ...schema };
}
