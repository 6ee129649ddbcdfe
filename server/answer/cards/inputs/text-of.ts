import type { Json } from '../../../../workflows/definition/json.ts';

/** A value as renderers write it into what they submit; null for what is no single value. */
export function textOf(value: Json): string | null {
  return typeof value === 'object' ? null : String(value);
}
