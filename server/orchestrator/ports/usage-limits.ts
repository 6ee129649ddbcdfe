import type { ConversationKey } from '../../domain/identity.ts';

/** The limits of each user, and of all users of a tenant together; null: there is none. */
export interface LimitSettings {
  readonly userTurnsPerMinute: number | null;
  readonly tenantTurnsPerMinute: number | null;
  readonly userConversations: number | null;
  readonly tenantConversations: number | null;
}

/** Returns whether any limit is set. Without one, nothing is counted. */
export function hasLimit(limits: LimitSettings): boolean {
  return Object.values(limits).some((most) => most !== null);
}

/** Returns whether conversations have to be counted. */
export function boundsConversations({ userConversations, tenantConversations }: LimitSettings): boolean {
  return userConversations !== null || tenantConversations !== null;
}

/** The things that are limited. */
export const limitedResources = ['turns', 'conversations'] as const;

/** A limit that has no room for a call: of the user who calls, or of all users of the tenant together. */
export interface LimitReached {
  readonly resource: (typeof limitedResources)[number];
  readonly of: 'user' | 'tenant';
  /** The limit's number. */
  readonly most: number;
  /** The time after which there is room for one more, in milliseconds, unless another call takes it. */
  readonly retryAfterMs: number;
}

/** A caller of `admitTurn`: a turn whose call asks again has the same ticket, and counts once. */
export interface AdmissionTicket {
  readonly key: ConversationKey;
  /** Random. */
  readonly id: string;
}

/** The answer to a turn that asks to begin. */
export interface Admission {
  /** The limit that refuses the turn, which then counts for none; null: the turn counts from now on. */
  readonly refusal: LimitReached | null;
  /** The limit that refuses the turn if it opens a conversation; null: the conversation has a place. */
  readonly openingRefusal: LimitReached | null;
}

/**
 * Counts what users and tenants use, on all servers together, by the store's own clock.
 *
 * A limit has no fallback: where the store can't count, the call fails as for every other reason that the store is gone
 * (I6).
 */
export interface UsageLimits {
  /**
   * Asks whether a turn may begin. The request is on its way when the call returns, so that it shares the round trip
   * of the request for the lease.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE; the turn may count then
   */
  admitTurn(ticket: AdmissionTicket): Promise<Admission>;
  /** Takes a turn back that has not begun, so that it counts no longer. Never throws: otherwise it counts for its minute. */
  takeBack(ticket: AdmissionTicket): void;
}
