import { z } from 'zod';
import { unwrapped } from './text-bounds.ts';

/** The most items of any group: a group is stored, sent to the agent and answered as a whole. */
export const mostGroupItems = 200;

/** A repeating group: a field that is a list of objects. */
export interface GroupSchema {
  readonly item: z.ZodObject;
  readonly minItems: number;
  /** Null where the schema sets no bound: `mostGroupItems` holds then. */
  readonly maxItems: number | null;
  /** True if the list or its items have checks besides the number of items. */
  readonly hasChecks: boolean;
}

/** Returns the parts of a group's schema; null for a field of any other kind. */
export function groupSchemaOf(schema: z.core.$ZodType): GroupSchema | null {
  const list = unwrapped(schema);
  if (!(list instanceof z.core.$ZodArray)) return null;
  const item = unwrapped(list._zod.def.element);
  if (!(item instanceof z.ZodObject)) return null;
  const counts = countsOf(list);
  return {
    item,
    minItems: Math.max(0, ...counts.flatMap(({ least }) => least ?? [])),
    maxItems: counts.reduce<number | null>(
      (most, count) => (count.most === null ? most : Math.min(most ?? count.most, count.most)),
      null,
    ),
    hasChecks: counts.some(({ isCount }) => !isCount) || (item.def.checks ?? []).length > 0,
  };
}

interface Count {
  readonly least: number | null;
  readonly most: number | null;
  readonly isCount: boolean;
}

function countsOf(list: z.core.$ZodArray): Count[] {
  return (list._zod.def.checks ?? []).map((check): Count => {
    const { def } = check._zod;
    if (def.check === 'min_length') return { least: boundIn(def, 'minimum'), most: null, isCount: true };
    if (def.check === 'max_length') return { least: null, most: boundIn(def, 'maximum'), isCount: true };
    if (def.check !== 'length_equals') return { least: null, most: null, isCount: false };
    const length = boundIn(def, 'length');
    return { least: length, most: length, isCount: true };
  });
}

function boundIn(def: object, key: string): number | null {
  const bound: unknown = Reflect.get(def, key);
  return typeof bound === 'number' ? bound : null;
}
