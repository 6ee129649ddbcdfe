import type { DefinitionResult } from '@turnkeeper/client';
import { findField, labelOf } from './field.ts';
import { formatField } from './format-value.ts';

/** A field that the user set, in words. */
export interface DescribedField {
  readonly name: string;
  readonly label: string;
  /** Null for a field that was cleared. */
  readonly value: string | null;
}

export function describeData(
  definition: DefinitionResult | null,
  data: Readonly<Record<string, unknown>>,
): readonly DescribedField[] {
  return Object.entries(data).map(([name, value]) => {
    const field = findField(definition, name);
    return {
      name,
      label: field?.label ?? labelOf(name),
      value: value === null ? null : formatField(field, value),
    };
  });
}
