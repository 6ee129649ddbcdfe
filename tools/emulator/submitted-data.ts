import { z } from 'zod';
import type { Json } from '../../workflows/definition/json.ts';

const data = z.record(z.string(), z.json());
const invokeValue = z.looseObject({ action: z.looseObject({ data }) });

/** The data of a submitted card: a message's `value`, or the action's data in an invoke; `null` for no card. */
export function submittedData(activity: Readonly<Record<string, unknown>>): Record<string, Json> | null {
  const { type, value } = activity;
  if (type === 'invoke') return invokeValue.safeParse(value).data?.action.data ?? null;
  return data.safeParse(value).data ?? null;
}
