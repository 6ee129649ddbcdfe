import type { CollectedFields } from './json.ts';

/** A value that a field may have, and the title that people are shown for it. */
export interface FoundChoice {
  readonly value: string;
  readonly title: string;
}

/** The surroundings of a lookup. */
export interface LookupContext<Fields extends object = CollectedFields> {
  /** The fields collected so far. */
  readonly fields: Fields;
  /** Facts that the conversation was opened with. */
  readonly context: CollectedFields;
  /** Aborts when nobody waits for the choices any more: after 5 seconds at the latest. */
  readonly signal: AbortSignal;
}

/**
 * Finds the choices that fit a query, best first. It is asked while a person types, with an empty query for what to
 * offer first, and once more for a value that is about to be stored: a query that is a choice's value must find it.
 */
export type FindChoices<Fields extends object = CollectedFields> = (
  query: string,
  context: LookupContext<Fields>,
) => Promise<readonly FoundChoice[]>;

/**
 * The effect of a lookup that fails, or takes too long, on the turn that stores a value: the turn fails with
 * CHOICES_UNAVAILABLE and can be sent again, or the value is accepted as it is.
 */
export const lookupFailures = ['fail-turn', 'accept'] as const;
export type LookupFailure = (typeof lookupFailures)[number];

/** A text field whose choices are looked up, not listed: a cost centre, a customer. */
export interface ChoicesDefinition<Fields extends object = CollectedFields> {
  readonly find: FindChoices<Fields>;
  readonly whenUnavailable: LookupFailure;
}
