/**
 * Any value that JSON can carry; a field has no other values.
 *
 * @example
 * ```ts
 * const entered: Record<string, Json> = { days: 4, delegate: null };
 * ```
 */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The collected fields of a conversation, by name. A field without a value is absent. */
export type CollectedFields = Readonly<Record<string, Json | undefined>>;
