/**
 * What JSON can carry: the only values a field may have.
 *
 * @example
 * ```ts
 * const entered: Record<string, Json> = { days: 4, delegate: null };
 * ```
 */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The collected fields of a conversation, by field name. A field that was never given is absent. */
export type CollectedFields = Readonly<Record<string, Json | undefined>>;
