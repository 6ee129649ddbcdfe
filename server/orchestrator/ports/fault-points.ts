import type { ConversationKey } from '../../domain/identity.ts';

/**
 * The race windows of a turn, or an end, in their order: where a crash, a pause or a lost connection could do harm.
 * `commit-sent` lies between the commit's way to the store and its answer.
 */
export type FaultPoint =
  'lease-taken' | 'loaded' | 'agent-asked' | 'commit-due' | 'commit-sent' | 'release-due';

/** Told as a call reaches each race window, so that tests can do there what could go wrong. A server does nothing. */
export interface FaultPoints {
  reach(point: FaultPoint, at: { readonly key: ConversationKey; readonly turnId: string | null }): unknown;
}

export const noFaults: FaultPoints = { reach: () => undefined };
