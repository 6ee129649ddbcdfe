import type { Json } from '../../../workflows/definition/json.ts';

export type JsonObject = Record<string, Json>;

export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
