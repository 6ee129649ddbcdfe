import type { ConversationKey } from '../../domain/identity.ts';

/** The limits of each user, and of all users of a tenant together; null: there is none. */
export interface LimitSettings {
  readonly userTurnsPerMinute: number | null;
  readonly tenantTurnsPerMinute: number | null;
  readonly userConversations: number | null;
  readonly tenantConversations: number | null;
  readonly userStoredBytes: number | null;
  readonly tenantStoredBytes: number | null;
  readonly userOpenWatches: number | null;
  readonly tenantOpenWatches: number | null;
  readonly userWaitingCalls: number | null;
  readonly tenantWaitingCalls: number | null;
}

/** Returns whether any limit is set. Without one, nothing is counted. */
export function hasLimit(limits: LimitSettings): boolean {
  return Object.values(limits).some((most) => most !== null);
}

/** The limits of a resource of which a user holds some at once. */
export function placeLimits(
  { userOpenWatches, tenantOpenWatches, userWaitingCalls, tenantWaitingCalls }: LimitSettings,
  resource: HeldResource,
): { readonly ofUser: number | null; readonly ofTenant: number | null } {
  switch (resource) {
    case 'openWatches':
      return { ofUser: userOpenWatches, ofTenant: tenantOpenWatches };
    case 'waitingCalls':
      return { ofUser: userWaitingCalls, ofTenant: tenantWaitingCalls };
  }
}

/** Returns whether turns have to be counted. */
export function boundsTurns({ userTurnsPerMinute, tenantTurnsPerMinute }: LimitSettings): boolean {
  return userTurnsPerMinute !== null || tenantTurnsPerMinute !== null;
}

/** Returns whether conversations have to be counted. */
export function boundsConversations({ userConversations, tenantConversations }: LimitSettings): boolean {
  return userConversations !== null || tenantConversations !== null;
}

/** Returns whether conversations have to be measured. */
export function boundsStoredBytes({ userStoredBytes, tenantStoredBytes }: LimitSettings): boolean {
  return userStoredBytes !== null || tenantStoredBytes !== null;
}

/** The things that are limited. */
export const limitedResources = [
  'turns',
  'conversations',
  'storedBytes',
  'openWatches',
  'waitingCalls',
] as const;

/** The things of which a user holds some at once. */
export type HeldResource = Extract<LimitedResource, 'openWatches' | 'waitingCalls'>;

type LimitedResource = (typeof limitedResources)[number];

/** A limit that has no room for a call: of the user who calls, or of all users of the tenant together. */
export interface LimitReached {
  readonly resource: LimitedResource;
  readonly of: 'user' | 'tenant';
  /** The limit's number. */
  readonly most: number;
  /**
   * The time after which there is room for one more, in milliseconds, unless another call takes it. Of bytes, the time
   * until the next conversation expires, which may not be enough.
   */
  readonly retryAfterMs: number;
}

/** A caller of `admitTurn`: a turn whose call asks again has the same ticket, and counts once. */
export interface AdmissionTicket {
  readonly key: ConversationKey;
  /** Random. */
  readonly id: string;
}

/** A place among those that a user may hold at once. */
export interface Place extends AdmissionTicket {
  readonly resource: HeldResource;
  /** The time after which it is free unless it is renewed, in milliseconds: a server that dies frees it. */
  readonly lifeMs: number;
}

/** The answer to a turn that asks to begin. */
export interface Admission {
  /** The limit that refuses the turn, which then counts for none; null: the turn counts from now on. */
  readonly refusal: LimitReached | null;
  /** The limit that refuses the turn if it opens a conversation; null: the conversation has a place. */
  readonly openingRefusal: LimitReached | null;
  /** True if the conversation has its place because it counts as stored, which it may no longer be. */
  readonly countsAsStored: boolean;
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
   * of the request for the lease. The same ticket counts once, however often it asks.
   * @param detail.opens true if the turn is known to open the conversation, whatever is counted: it then needs a place
   * like any other. @default false
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE; the turn may count then
   */
  admitTurn(ticket: AdmissionTicket, detail?: { readonly opens?: boolean }): Promise<Admission>;
  /** Takes a turn back that has not begun, so that it counts no longer. Never throws: otherwise it counts for its minute. */
  takeBack(ticket: AdmissionTicket): void;
  /**
   * Takes a place. Returns the limit that has none left; null where it is taken.
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  takePlace(place: Place): Promise<LimitReached | null>;
  /** Holds a place for its whole life from now, also if it has been free meanwhile. Never throws. */
  renewPlace(place: Place): void;
  /** Frees a place. Never throws: otherwise it is free when its life is over. */
  leavePlace(place: Place): void;
}
