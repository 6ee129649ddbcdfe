import type { Opening, TurnInput, WhenBusy } from '../../../../contract/inputs.ts';
import type { TurnResult } from '../../../../contract/results.ts';
import type { TypedDefinition } from '../../../../workflows/definition/types.ts';
import { TurnkeeperClientError, hasReason } from '../../links/client-error.ts';
import { randomId, sendTurn } from '../../conversation.ts';
import type { TrpcClient } from '../../links/trpc-client.ts';
import { clientErrorOf } from './queries.ts';
import type { PendingTurn } from './conversation-view.ts';
import type { ObservableState, SessionState } from './session-state.ts';

export interface OwnTurnSettings {
  readonly workflowId: string | undefined;
  /** What the conversation is opened with, if this turn opens it. */
  readonly opening: Opening | undefined;
  readonly whenBusy: WhenBusy | undefined;
}

export interface OwnResult {
  readonly result: TurnResult<TypedDefinition>;
  readonly input: TurnInput;
}

interface OwnTurnParts {
  readonly trpc: TrpcClient;
  readonly conversationId: string;
  readonly state: ObservableState<SessionState>;
  /** Resolves when no turn before the result's is missing. */
  readonly catchUp: (result: OwnResult) => Promise<void>;
  readonly take: (result: OwnResult) => void;
  readonly onFailure: (error: TurnkeeperClientError) => void;
  /** Called when no turn is in flight any more. */
  readonly onSettled: () => void;
}

/**
 * Turn ids belong to one conversation, and its first turn happens once. So all components and tabs that would open the
 * conversation send the same turn.
 */
const openingTurnId = 'opening';

/**
 * Time without a visible part of the answer until the user is told that the client still waits: within 5 s at the
 * latest.
 */
const silenceMs = 4_000;

const freshlySent: Omit<PendingTurn, 'turnId' | 'input'> = {
  phase: 'sending',
  attempt: 1,
  failedTry: null,
  isStillTrying: false,
  error: null,
  isOutcomeUnknown: false,
};

/** The user's own turn: one at a time, kept until it is stored or discarded. */
export class OwnTurn {
  readonly #parts: OwnTurnParts;
  #hasOpened = false;
  /** True if an earlier sending of the turn may have taken effect. A later refusal alone does not settle that. */
  #wasUnknown = false;
  #sending: AbortController | null = null;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: OwnTurnParts) {
    this.#parts = parts;
  }

  get #pending(): PendingTurn | null {
    return this.#parts.state.now.pending;
  }

  send(input: TurnInput, settings: OwnTurnSettings): void {
    if (this.#pending?.phase === 'sending') return;
    this.#wasUnknown = false;
    this.#send({ turnId: randomId(), input }, settings);
  }

  /** Lets the agent speak first. After a failure the user decides whether to try again. */
  open({ workflowId, opening, whenBusy = 'wait' }: OwnTurnSettings): void {
    if (this.#hasOpened || this.#pending !== null) return;
    this.#hasOpened = true;
    this.#wasUnknown = false;
    this.#send({ turnId: openingTurnId, input: { type: 'open' } }, { workflowId, opening, whenBusy });
  }

  retry(settings: OwnTurnSettings, { isOtherInTheWay }: { readonly isOtherInTheWay: boolean }): void {
    const pending = this.#pending;
    if (pending === null) return;
    if (pending.phase === 'sending' && !isOtherInTheWay) return;
    // A turn that is abandoned in flight may still happen.
    this.#wasUnknown ||= pending.phase === 'sending' || pending.isOutcomeUnknown;
    this.#send(pending, settings);
  }

  discard(): TurnInput | null {
    const pending = this.#pending;
    if (pending?.phase !== 'failed') return null;
    this.#settle(pending.turnId);
    return pending.input;
  }

  /** Stops trying. The turn may have taken effect: `retry` finds out, and so does the watch. */
  giveUp(turnId: string): void {
    const pending = this.#pending;
    if (pending?.phase !== 'sending' || pending.turnId !== turnId) return;
    this.#stopSending();
    this.#fail(
      new TurnkeeperClientError('TURN_INTERRUPTED', 'This turn was stopped.', {
        retryable: true,
        isOutcomeUnknown: true,
        turnId,
      }),
    );
  }

  /** Notes that, as the watch reports, the turn of this id is stored. */
  stored(turnId: string): void {
    if (this.#pending?.turnId === turnId) this.#settle(turnId);
  }

  /** Notes that more of the answer to the turn of this id is visible. */
  seen(turnId: string): void {
    const pending = this.#pending;
    if (pending?.phase !== 'sending' || pending.turnId !== turnId) return;
    this.#startSilence();
    if (pending.isStillTrying) this.#parts.state.set({ pending: { ...pending, isStillTrying: false } });
  }

  #startSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#showStillTrying({}), silenceMs);
  }

  #showStillTrying(change: Partial<Pick<PendingTurn, 'attempt' | 'failedTry'>>): void {
    const pending = this.#pending;
    if (pending?.phase === 'sending')
      this.#parts.state.set({ pending: { ...pending, ...change, isStillTrying: true } });
  }

  #send({ turnId, input }: Pick<PendingTurn, 'turnId' | 'input'>, settings: OwnTurnSettings): void {
    this.#stopSending();
    const sending = new AbortController();
    this.#sending = sending;
    const pending = { ...freshlySent, turnId, input };
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
    { workflowId, opening, whenBusy }: OwnTurnSettings,
    sending: AbortController,
  ): Promise<void> {
    const { trpc, conversationId, state, catchUp, take } = this.#parts;
    // A conversation that exists must not be opened again, if it is gone by now.
    const opens = workflowId !== undefined && state.now.stored === undefined;
    const opened = opens ? { workflowId, opening } : {};
    const turn = { conversationId, ...opened, turnId, input, whenBusy };
    try {
      // A server that runs one workflow only would open another conversation of this id.
      if (state.now.isGone) throw goneError(turnId);
      const result = await sendTurn(trpc, turn, {
        signal: sending.signal,
        wasUnknown: this.#wasUnknown,
        isWorthRetrying: (error) => isWorthRetrying(error, whenBusy),
        onRetry: ({ attempt, error }) => {
          if (this.#sending === sending) this.#showStillTrying({ attempt: attempt + 1, failedTry: error });
        },
      });
      if (this.#sending !== sending) return;
      await catchUp({ result, input });
      if (this.#sending !== sending) return;
      // Both in one step, so that the turn's message is never shown twice, nor missing.
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

/**
 * Fails a turn at once if another one is in its way: the user decides whether to wait or to interrupt that one, because
 * the words would answer another question later. A turn is never in its own way (I4).
 */
function isWorthRetrying(error: TurnkeeperClientError, whenBusy: WhenBusy = 'reject'): boolean {
  return whenBusy !== 'reject' || !hasReason(error, 'TURN_IN_PROGRESS');
}

function goneError(turnId: string): TurnkeeperClientError {
  return new TurnkeeperClientError('WORKFLOW_NOT_FOUND', 'This conversation no longer exists.', {
    retryable: false,
    turnId,
  });
}
