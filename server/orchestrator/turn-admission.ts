import type { TurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { Dependencies } from './dependencies.ts';
import { rateLimited } from './failures.ts';
import type { Admission, AdmissionTicket, LimitReached, UsageLimits } from './ports/usage-limits.ts';

/** Reports that a limit refuses a call, and returns the call's error. */
export function refusedBy(
  { observer }: Pick<Dependencies, 'observer'>,
  key: ConversationKey,
  limit: LimitReached,
): TurnkeeperError<'RATE_LIMITED'> {
  const { resource, of, retryAfterMs } = limit;
  observer.tell({ type: 'limit.reached', key, resource, of, retryAfterMs });
  return rateLimited(limit);
}

/** Returns the admission that a turn needs; null where no limit is set, so that nothing is asked. Hold it by `using`. */
export function admissionOf(
  { usageLimits, ids }: Pick<Dependencies, 'usageLimits' | 'ids'>,
  { key }: { readonly key: ConversationKey },
): TurnAdmission | null {
  return usageLimits === null ? null : new TurnAdmission(usageLimits, { key, id: ids.ticket() });
}

/**
 * The permission of one turn by the limits of its user and its tenant.
 *
 * It is requested together with the lease, before anybody knows whether the turn id is a new one. So it counts the turn at
 * once, and the disposal takes it back unless the turn has begun: a replay counts for nothing, and neither does a turn
 * that another one was in the way of, or that its conversation could not take. A turn that has begun counts, whatever
 * comes of it, because its agent is asked.
 */
export class TurnAdmission implements Disposable {
  readonly #limits: UsageLimits;
  readonly #ticket: AdmissionTicket;
  #answer: Promise<Admission> | null = null;
  #mayCount = false;
  #hasBegun = false;

  constructor(limits: UsageLimits, ticket: AdmissionTicket) {
    this.#limits = limits;
    this.#ticket = ticket;
  }

  /**
   * Sends the request, with each try for the lease: meanwhile the conversation may have been purged, and its place with it.
   * A turn that waits for others counts once all the same, by its ticket.
   */
  request(): void {
    this.#answer = this.#limits.admitTurn(this.#ticket);
    // It may fail before anybody asks for the answer, and for a replay nobody does.
    this.#answer.catch(() => undefined);
  }

  /**
   * Returns the limit that refuses the turn; null for one that may go on.
   * @param opens true if the turn opens a conversation, which needs a place of its own
   * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
   */
  async refusal({ opens }: { readonly opens: boolean }): Promise<LimitReached | null> {
    if (this.#answer === null) return null;
    let answer = await this.#answer;
    // The conversation is gone, and its count does not know it yet: the place is not the turn's.
    if (opens && answer.countsAsStored) answer = await this.#limits.admitTurn(this.#ticket, { opens });
    // A turn that was refused at its first try counts for nothing, so there is nothing to take back.
    this.#answer = null;
    this.#mayCount ||= answer.refusal === null;
    return answer.refusal ?? (opens ? answer.openingRefusal : null);
  }

  /** The turn counts from now on, whatever comes of it. */
  begin(): void {
    this.#hasBegun = true;
  }

  [Symbol.dispose](): void {
    if ((this.#answer !== null || this.#mayCount) && !this.#hasBegun) this.#limits.takeBack(this.#ticket);
  }
}
