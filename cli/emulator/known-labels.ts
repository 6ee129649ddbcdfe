import { labelOf } from '../../server/domain/summary.ts';
import type { Field } from '../../server/domain/workflow.ts';
import { fieldFromSchema } from './read-query.ts';
import type { Json } from '../../workflows/definition/json.ts';

/**
 * The labels of fields, remembered from the schemas of earlier queries: a query lists a collected field by its label,
 * without its schema.
 */
export class KnownLabels {
  readonly #labels = new Map<string, string>();

  learn(fields: readonly Field[]): void {
    for (const field of fields) {
      // A context without room for schemas has the name only.
      if (field.jsonSchema['title'] !== undefined || !this.#labels.has(field.name)) {
        this.#labels.set(field.name, labelOf(field));
      }
    }
  }

  labelOf(name: string): string {
    return this.#labels.get(name) ?? labelOf(fieldFromSchema(name, '', {}));
  }
}

/** Reads "Working days: 5", or "days: 5", as a new value of a collected field; returns null for any other text. */
export function readCorrection(
  words: string,
  collected: readonly string[],
  labels: KnownLabels,
): Record<string, Json> | null {
  const [, called = '', value = ''] = /^([^:]+?)\s*:\s*(\S.*)$/.exec(words.trim()) ?? [];
  const known = collected.find((line) => {
    const name = nameIn(line);
    return [name, labels.labelOf(name)].some((one) => one.toLowerCase() === called.toLowerCase());
  });
  if (value === '' || known === undefined) return null;
  const name = nameIn(known);
  return { [name]: known.startsWith(`${name}: "`) ? value : jsonOr(value) };
}

function nameIn(line: string): string {
  return line.split(': ', 1).join('');
}

function jsonOr(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
