import { labelOf } from '../../server/domain/summary.ts';
import type { Field } from '../../server/domain/workflow.ts';
import { fieldFromSchema } from './field-from-schema.ts';

/** What fields are called, from their schemas while they were told: of a collected one, a query names no more than that. */
export class KnownLabels {
  readonly #labels = new Map<string, string>();

  learn(fields: readonly Field[]): void {
    for (const field of fields) {
      // A context that is short of room has the name alone.
      if (field.jsonSchema['title'] !== undefined || !this.#labels.has(field.name)) {
        this.#labels.set(field.name, labelOf(field));
      }
    }
  }

  labelOf(name: string): string {
    return this.#labels.get(name) ?? labelOf(fieldFromSchema(name, '', {}));
  }
}
