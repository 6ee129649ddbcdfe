import type { Json } from '../../../workflows/definition/json.ts';
import { canonicalJson, ownProperty } from '../../domain/json.ts';

/** What was submitted, to be compared with the data of many actions without being gone through for each. */
export class SubmittedData {
  readonly #data: Readonly<Record<string, Json>>;
  readonly #canonical = new Map<string, string>();

  constructor(data: Readonly<Record<string, Json>>) {
    this.#data = data;
  }

  get keys(): readonly string[] {
    return Object.keys(this.#data);
  }

  at(key: string): Json | undefined {
    return ownProperty(this.#data, key);
  }

  /** Whether this is what was submitted under a key, whatever the order of its own keys. */
  holds(key: string, expected: Json): boolean {
    const value = this.at(key);
    if (value === undefined) return false;
    const known = this.#canonical.get(key) ?? canonicalJson(value);
    this.#canonical.set(key, known);
    return known === canonicalJson(expected);
  }
}
