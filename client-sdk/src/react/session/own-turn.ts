import type { TurnInput, WhenBusy } from '../../../../contract/inputs.ts';
import type { TurnResult } from '../../../../contract/results.ts';
import type { TypedDefinition } from '../../../../workflows/definition/types.ts';
import { TurnkeeperClientError, hasReason } from '../../client-error.ts';
import type { Connection } from '../../connection.ts';
import { resumedConversation } from '../../conversation.ts';
import { withoutBusyRetry } from './without-busy-retry.ts';
import { randomId } from '../../random-id.ts';
import { clientErrorOf } from '../client-error-of.ts';
import type { PendingTurn } from '../types.ts';
import type { ObservableState } from './observable-state.ts';
import type { SessionState } from './session-state.ts';

export interface TurnSettings {
  readonly workflowId: string | undefined;
  readonly whenBusy: WhenBusy | undefined;
}

export interface OwnResult {
  readonly result: TurnResult<TypedDefinition>;
  readonly input: TurnInput;
}

interface Parts {
  readonly connection: Connection;
  readonly conversationId: string;
  readonly state: ObservableState<SessionState>;
  /** Resolves when nothing is missing before the result's turn any more. */
  readonly catchUp: (result: OwnResult) => Promise<void>;
  readonly take: (result: OwnResult) => void;
  readonly onFailure: (error: TurnkeeperClientError) => void;
  /** Called when no turn is on its way any more. */
  readonly onSettled: () => void;
}

/**
 * Turn ids are a conversation's own, and its first turn happens once, so every component and tab that would open it names
 * the same turn.
 */
const openingTurnId = 'opening';

/** How long a person sees nothing of an answer before being told that it is still waited for: within 5 s at the latest. */
const silenceMs = 4_000;

const beginning: Omit<PendingTurn, 'turnId' | 'input'> = {
  phase: 'sending',
  attempt: 1,
  failedTry: null,
  isStillTrying: false,
  error: null,
  isOutcomeUnknown: false,
};

/** The user's own turn: one at a time, kept until it is stored or given up. */
export class OwnTurn {
  readonly #parts: Parts;
  #hasOpened = false;
  /** Whether an earlier sending of the turn may have happened: a later refusal does not settle that by itself. */
  #wasUnknown = false;
  #sending: AbortController | null = null;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get #pending(): PendingTurn | null {
    return this.#parts.state.now.pending;
  }

  send(input: TurnInput, settings: TurnSettings): void {
    if (this.#pending?.phase === 'sending') return;
    this.#wasUnknown = false;
    this.#send({ turnId: randomId(), input }, settings);
  }

  /** Lets the agent speak first, but not again if that has failed: whether to try again is the user's choice. */
  open({ workflowId, whenBusy = 'wait' }: TurnSettings): void {
    if (this.#hasOpened || this.#pending !== null) return;
    this.#hasOpened = true;
    this.#wasUnknown = false;
    this.#send({ turnId: openingTurnId, input: { type: 'open' } }, { workflowId, whenBusy });
  }

  retry(settings: TurnSettings, { isOtherInTheWay }: { readonly isOtherInTheWay: boolean }): void {
    const pending = this.#pending;
    if (pending === null) return;
    if (pending.phase === 'sending' && !isOtherInTheWay) return;
    // One that is given up on its way may happen all the same.
    this.#wasUnknown ||= pending.phase === 'sending' || pending.isOutcomeUnknown;
    this.#send(pending, settings);
  }

  discard(): TurnInput | null {
    const pending = this.#pending;
    if (pending?.phase !== 'failed') return null;
    this.#settle(pending.turnId);
    return pending.input;
  }

  /** The watch has told that the turn of this id is stored. */
  stored(turnId: string): void {
    if (this.#pending?.turnId === turnId) this.#settle(turnId);
  }

  /** More of the answer to the turn of this id can be seen. */
  seen(turnId: string): void {
    const pending = this.#pending;
    if (pending?.phase !== 'sending' || pending.turnId !== turnId) return;
    this.#startSilence();
    if (pending.isStillTrying) this.#parts.state.set({ pending: { ...pending, isStillTrying: false } });
  }

  /** From now on nothing has been seen of the answer. */
  #startSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#tellStillTrying({}), silenceMs);
  }

  #tellStillTrying(change: Partial<Pick<PendingTurn, 'attempt' | 'failedTry'>>): void {
    const pending = this.#pending;
    if (pending?.phase === 'sending')
      this.#parts.state.set({ pending: { ...pending, ...change, isStillTrying: true } });
  }

  #send({ turnId, input }: Pick<PendingTurn, 'turnId' | 'input'>, settings: TurnSettings): void {
    this.#stopSending();
    const sending = new AbortController();
    this.#sending = sending;
    const pending = { ...beginning, turnId, input };
    this.#parts.state.set({ pending, refusedFor: null });
    this.#startSilence();
    void this.#run(pending, settings, sending);
  }

  #stopSending(): void {
    this.#sending?.abort();
    this.#sending = null;
    clearTimeout(this.#silence);
  }

  async #run(
    { turnId, input }: PendingTurn,
    { workflowId, whenBusy }: TurnSettings,
    sending: AbortController,
  ): Promise<void> {
    const { conversationId: id, state, catchUp, take } = this.#parts;
    const connection = withoutBusyRetry(this.#parts.connection, {
      whenBusy,
      wasUnknown: this.#wasUnknown,
      onRetry: ({ attempt, error }) => {
        if (this.#sending === sending) this.#tellStillTrying({ attempt: attempt + 1, failedTry: error });
      },
    });
    // One that is there is not to be opened anew, should it be gone by now.
    const opens = workflowId !== undefined && state.now.stored === undefined;
    const handle = resumedConversation(connection, { id, ...(opens ? { workflowId } : {}) });
    try {
      // The server would open another of its id, if it runs one workflow only.
      if (state.now.isGone) throw isGone(turnId);
      const result = await handle.turn(input, { turnId, whenBusy, signal: sending.signal });
      if (this.#sending !== sending) return;
      await catchUp({ result, input });
      if (this.#sending !== sending) return;
      // In one go, so that its message is never shown twice, or not at all.
      take({ result, input });
      this.#settle(turnId);
    } catch (thrown) {
      if (this.#sending === sending) this.#fail(clientErrorOf(thrown));
    }
  }

  #fail(error: TurnkeeperClientError): void {
    const { state, onFailure, onSettled } = this.#parts;
    const { pending, running } = state.now;
    if (pending === null) return;
    clearTimeout(this.#silence);
    const { isOutcomeUnknown } = error;
    this.#wasUnknown = isOutcomeUnknown;
    const other = { runningForMs: error.runningForMs ?? null, turnId: running?.answer.turnId ?? null };
    state.set({
      pending: { ...pending, phase: 'failed', isStillTrying: false, error, isOutcomeUnknown },
      refusedFor: hasReason(error, 'TURN_IN_PROGRESS') ? other : null,
    });
    onFailure(error);
    onSettled();
  }

  #settle(turnId: string): void {
    const { state, onSettled } = this.#parts;
    if (state.now.pending?.turnId !== turnId) return;
    state.set({ pending: null });
    this.#stopSending();
    onSettled();
  }
}

function isGone(turnId: string): TurnkeeperClientError {
  return new TurnkeeperClientError('WORKFLOW_NOT_FOUND', 'This conversation is not there any more.', {
    retryable: false,
    turnId,
  });
}
