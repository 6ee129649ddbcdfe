import { focusManager } from '@tanstack/react-query';
import type { QueryObserverResult } from '@tanstack/react-query';
import type { EndResult } from '../../../../contract/results.ts';
import type { TypedDefinition } from '../../../../workflows/definition/types.ts';
import { hasReason } from '../../client-error.ts';
import type { TurnkeeperClientError } from '../../client-error.ts';
import { resumedConversation } from '../../conversation.ts';
import type { EndRequest } from '../../results.ts';
import { clientErrorOf } from '../client-error-of.ts';
import { ConversationQuery } from './conversation-query.ts';
import { ConversationWatch } from './conversation-watch.ts';
import { ObservableState } from './observable-state.ts';
import { loadOlder } from './older-messages.ts';
import { OwnTurn } from './own-turn.ts';
import type { OwnResult } from './own-turn.ts';
import { initialState } from './session-state.ts';
import type { SessionState } from './session-state.ts';
import type { SessionParts } from './session-parts.ts';
import { toldByResult, withTurn } from './stored-conversation.ts';
import type { StoredConversation } from './stored-conversation.ts';

export interface Visit {
  readonly onChange: () => void;
  /** Whether a conversation that is not there yet is waited for. */
  readonly awaitsOpening: boolean;
}

type Ended = Pick<EndResult<TypedDefinition>, 'summary' | 'workflowState' | 'progress'>;

/**
 * A conversation that is shown, in however many components: one query, one watch, one turn of one's own at a time. It
 * loads and watches while anybody visits it, and lives on until a turn of one's own that was begun is stored or given up.
 */
export class ConversationSession {
  readonly #state = new ObservableState<SessionState>(initialState);
  readonly #query: ConversationQuery;
  readonly #handle: ReturnType<typeof resumedConversation>;
  readonly #watch: ConversationWatch;
  readonly #turn: OwnTurn;
  readonly #onIdle: () => void;
  readonly #visits = new Set<Visit>();
  /** Whether it has been seen on the server: one that is not there any more is gone, and is not opened anew. */
  #wasThere = false;
  #stopObserving: (() => void) | null = null;

  /** @param onIdle called when nothing is left here that is not in the cache, too */
  constructor(parts: SessionParts, conversationId: string, onIdle: () => void) {
    this.#query = new ConversationQuery(parts, conversationId);
    this.#handle = resumedConversation(parts.connection, { id: conversationId });
    this.#onIdle = onIdle;
    this.#watch = new ConversationWatch({
      handle: this.#handle,
      query: this.#query,
      state: this.#state,
      isAwaited: () => this.#isAwaited,
      onStored: (turnId) => this.#turn.stored(turnId),
      onSeen: (turnId) => this.#turn.seen(turnId),
      onEnded: (event) => (event.purged ? this.#takeGone() : this.#takeEnd(event)),
    });
    this.#turn = new OwnTurn({
      connection: parts.connection,
      conversationId,
      state: this.#state,
      catchUp: (own) => this.#catchUp(own),
      take: (own) => this.#takeResult(own),
      onFailure: (error) => this.#noteFailure(error),
      onSettled: () => this.#leaveIfIdle(),
    });
    const stored = this.#query.cached;
    if (stored !== undefined) this.#state.set({ stored });
  }

  get shown(): SessionState {
    return this.#state.shown;
  }

  get turn(): OwnTurn {
    return this.#turn;
  }

  /** Whether a conversation that is not there yet is waited for. */
  get #isAwaited(): boolean {
    return [...this.#visits].some(({ awaitsOpening }) => awaitsOpening);
  }

  /** Whether somebody else's turn is seen to run, or has been in the way of one's own. */
  get isOtherInTheWay(): boolean {
    const { running, pending, refusedFor } = this.#state.now;
    return refusedFor !== null || (running !== null && running.answer.turnId !== pending?.turnId);
  }

  /** Loads and watches it, until the returned function has been called for every visit. */
  visit(visit: Visit): () => void {
    const unsubscribe = this.#state.subscribe(visit.onChange);
    this.#visits.add(visit);
    if (this.#stopObserving === null) {
      const stopHeeding = focusManager.subscribe((isShown) => this.#watch.heed(isShown));
      const stopObserving = this.#query.observe(
        (result) => this.#takeLoaded(result),
        () => this.#isAwaited,
      );
      this.#stopObserving = () => {
        stopHeeding();
        stopObserving();
      };
    } else if (visit.awaitsOpening && this.#state.now.isMissing) this.#watch.begin();
    return () => {
      unsubscribe();
      this.#visits.delete(visit);
      // React may come back at once: StrictMode does, and so does a change of what is visited.
      queueMicrotask(() => this.#leaveIfUnvisited());
    };
  }

  refetch(): void {
    this.#state.set({ watchError: null, olderError: null });
    void this.#query.reload();
  }

  loadOlder(): Promise<void> {
    return loadOlder({ state: this.#state, query: this.#query });
  }

  async end(request: EndRequest): Promise<void> {
    if (this.#state.now.ending.isPending) return;
    this.#state.set({ ending: { isPending: true, error: null } });
    try {
      const { purged, summary, workflowState, progress } = await this.#handle.end(request);
      this.#state.set({ ending: { isPending: false, error: null } });
      if (purged) this.#takeGone();
      else this.#takeEnd({ summary, workflowState, progress });
    } catch (thrown) {
      const error = clientErrorOf(thrown);
      // It was purged, and only the answer was lost; or somebody else has done it.
      const isDone = request.purge === true && hasReason(error, 'WORKFLOW_NOT_FOUND');
      this.#state.set({ ending: { isPending: false, error: isDone ? null : error } });
      this.#noteFailure(error);
    }
  }

  #leaveIfUnvisited(): void {
    if (this.#visits.size > 0 || this.#stopObserving === null) return;
    this.#stopObserving();
    this.#stopObserving = null;
    this.#watch.stop();
    this.#state.set({ connection: 'connecting' });
    this.#leaveIfIdle();
  }

  #leaveIfIdle(): void {
    if (this.#stopObserving === null && this.#state.now.pending === null) this.#onIdle();
  }

  #takeLoaded({
    data,
    error,
    fetchStatus,
    isFetchedAfterMount,
  }: QueryObserverResult<StoredConversation | undefined>): void {
    const { isGone } = this.#state.now;
    const loadError = error === null ? null : clientErrorOf(error);
    const isMissing = hasReason(loadError, 'WORKFLOW_NOT_FOUND');
    if (isMissing && this.#wasThere) {
      this.#takeGone();
      return;
    }
    this.#wasThere ||= data !== undefined && isFetchedAfterMount;
    this.#state.set({ stored: isMissing || isGone ? undefined : data, loadError, isMissing });
    if (isFetchedAfterMount && fetchStatus === 'idle') this.#watch.begin();
  }

  async #catchUp({ result, input }: OwnResult): Promise<void> {
    if (withTurn(this.#query.cached, toldByResult(result, input)) === null) await this.#query.reload();
  }

  #takeResult({ result, input }: OwnResult): void {
    const { running, connection } = this.#state.now;
    if (running?.answer.turnId === result.turnId) this.#state.set({ running: null });
    this.#query.putTurn(toldByResult(result, input));
    // Of what has happened besides, nobody may have told.
    if (connection !== 'live') void this.#query.reload();
  }

  #takeEnd({ summary, workflowState, progress }: Ended): void {
    this.#state.set({ summary });
    this.#query.putEnd({ workflowState, progress });
  }

  #takeGone(): void {
    this.#watch.stop();
    this.#state.set({ isGone: true, stored: undefined, connection: 'ended' });
    this.#query.forget();
    this.#query.invalidateList();
  }

  #noteFailure(error: TurnkeeperClientError): void {
    // A turn that names no workflow is refused for that where there is no conversation to take it.
    if (hasReason(error, 'WORKFLOW_ENDED', 'WORKFLOW_NOT_FOUND', 'UNKNOWN_WORKFLOW'))
      void this.#query.reload();
  }
}
