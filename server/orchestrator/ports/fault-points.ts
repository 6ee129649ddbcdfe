import type { ConversationKey } from '../../domain/identity.ts';

/**
 * The race windows of a turn, or an end, in their order: the points where a crash, a pause or a lost connection could
 * do harm. `commit-sent` lies between sending the commit and its reply.
 */
export type FaultPoint =
  | 'lease-taken'
  | 'loaded'
  | 'agent-asked'
  | 'commit-due'
  | 'commit-sent'
  | 'release-due';

/** Called as a call reaches each race window, so that tests can cause a fault there. A server does nothing. */
export interface FaultPoints {
  reach(point: FaultPoint, at: { readonly key: ConversationKey; readonly turnId: string | null }): unknown;
}

export const noFaults: FaultPoints = { reach: () => undefined };
