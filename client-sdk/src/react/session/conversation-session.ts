import { focusManager } from '@tanstack/react-query';
import type { QueryObserverResult } from '@tanstack/react-query';
import type { TypedDefinition } from '../../../../workflows/definition/types.ts';
import { hasReason } from '../../client-error.ts';
import type { TurnkeeperClientError } from '../../client-error.ts';
import { resumedConversation } from '../../conversation.ts';
import type { AnyWatchEvent, EndRequest, EndResult } from '../../results.ts';
import { clientErrorOf } from '../client-error-of.ts';
import { ConversationQuery } from './conversation-query.ts';
import { runningAfter } from './live-answer.ts';
import { ObservableState } from './observable-state.ts';
import { OwnTurn } from './own-turn.ts';
import type { OwnResult } from './own-turn.ts';
import { initialState } from './session-state.ts';
import type { SessionState } from './session-state.ts';
import type { SessionParts } from './session-parts.ts';
import { toldByResult, withEnd, withOlder, withTurn } from './stored-conversation.ts';
import type { StoredConversation, ToldTurn } from './stored-conversation.ts';

export interface Visit {
  readonly onChange: () => void;
  /** Whether a conversation that is not there yet is waited for. */
  readonly awaitsOpening: boolean;
}

interface WatchStart {
  readonly after: number;
  readonly awaitOpening: boolean;
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
  readonly #turn: OwnTurn;
  readonly #onIdle: () => void;
  readonly #visits = new Set<Visit>();
  /** Whether it has been seen on the server: one that is not there any more is gone, and is not opened anew. */
  #wasThere = false;
  #stopObserving: (() => void) | null = null;
  #watching: AbortController | null = null;

  /** @param onIdle called when nothing is left here that is not in the cache, too */
  constructor(parts: SessionParts, conversationId: string, onIdle: () => void) {
    this.#query = new ConversationQuery(parts, conversationId);
    this.#handle = resumedConversation(parts.connection, { id: conversationId });
    this.#onIdle = onIdle;
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

  /** Whether somebody else's turn is seen to run, or has been in the way of one's own. */
  get isOtherInTheWay(): boolean {
    const { running, pending, refusedFor } = this.#state.now;
    return refusedFor !== null || (running !== null && running.answer.turnId !== pending?.turnId);
  }

  get #turnCount(): number {
    return this.#state.now.stored?.workflowState.turnCount ?? 0;
  }

  /** Loads and watches it, until the returned function has been called for every visit. */
  visit(visit: Visit): () => void {
    const unsubscribe = this.#state.subscribe(visit.onChange);
    this.#visits.add(visit);
    if (this.#stopObserving === null) {
      const stopHeeding = focusManager.subscribe((isShown) => this.#heed(isShown));
      const stopObserving = this.#query.observe((result) => this.#takeLoaded(result));
      this.#stopObserving = () => {
        stopHeeding();
        stopObserving();
      };
    } else if (visit.awaitsOpening && this.#state.now.isMissing) this.#watch();
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

  async loadOlder(): Promise<void> {
    const { stored, isLoadingOlder } = this.#state.now;
    const before = stored?.olderBefore ?? null;
    if (before === null || isLoadingOlder) return;
    this.#state.set({ isLoadingOlder: true, olderError: null });
    try {
      const page = await this.#query.fetchOlder(before);
      const { cached } = this.#query;
      // Otherwise it has been loaded anew, and this page is none of the one before it any more.
      if (cached?.olderBefore === before) this.#query.put(withOlder(cached, page));
      this.#state.set({ isLoadingOlder: false });
    } catch (thrown) {
      this.#state.set({ isLoadingOlder: false, olderError: clientErrorOf(thrown) });
    }
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
    this.#stopWatching();
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
  }: QueryObserverResult<StoredConversation>): void {
    const { isGone } = this.#state.now;
    const loadError = error === null ? null : clientErrorOf(error);
    const isMissing = hasReason(loadError, 'WORKFLOW_NOT_FOUND');
    if (isMissing && this.#wasThere) {
      this.#takeGone();
      return;
    }
    this.#wasThere ||= data !== undefined && isFetchedAfterMount;
    this.#state.set({ stored: isMissing || isGone ? undefined : data, loadError, isMissing });
    if (isFetchedAfterMount && fetchStatus === 'idle') this.#watch();
  }

  /**
   * A browser allows a server six connections of HTTP/1.1 for all of its tabs, and each watch is one: those that nobody looks
   * at must not keep the others waiting.
   */
  #heed(isShown: boolean): void {
    if (isShown) this.#watch();
    else if (this.#watching !== null && this.#state.now.connection !== 'ended') {
      this.#stopWatching();
      this.#state.set({ connection: 'connecting' });
    }
  }

  #watch(): void {
    if (!focusManager.isFocused()) return;
    const { stored, isMissing, isGone, connection } = this.#state.now;
    if (this.#watching !== null || isGone || connection === 'ended') return;
    const isAwaited = [...this.#visits].some(({ awaitsOpening }) => awaitsOpening);
    if (stored === undefined && !(isMissing && isAwaited)) return;
    const watching = new AbortController();
    this.#watching = watching;
    const start = { after: this.#turnCount, awaitOpening: stored === undefined };
    void this.#follow(start, watching.signal);
  }

  #stopWatching(): void {
    this.#watching?.abort();
    this.#watching = null;
    this.#state.set({ running: null, refusedFor: null });
  }

  async #follow({ after, awaitOpening }: WatchStart, signal: AbortSignal): Promise<void> {
    try {
      for await (const event of this.#handle.watch({ after, awaitOpening, signal })) this.#take(event);
    } catch (thrown) {
      if (signal.aborted) return;
      this.#watching = null;
      const error = clientErrorOf(thrown);
      this.#state.set({ connection: 'interrupted', running: null, watchError: error });
      // What can be loaded can be watched again; what can't be loaded says why.
      if (error.retryable || hasReason(error, 'WORKFLOW_NOT_FOUND')) void this.#query.reload();
    }
  }

  #take(event: AnyWatchEvent): void {
    const running = runningAfter(this.#state.now.running, event);
    switch (event.type) {
      case 'message.delta':
      case 'agent.typing':
        this.#state.setSoon({ running });
        return;
      case 'watch.started':
        this.#state.set({ running, refusedFor: null, watchError: null, connection: 'live' });
        return;
      case 'watch.interrupted':
        this.#state.set({ connection: 'interrupted' });
        return;
      case 'turn.started':
        // One's own answer may have been faster.
        if (event.turnNumber > this.#turnCount) this.#state.set({ running });
        return;
      case 'turn.failed':
        this.#state.set({ running, refusedFor: null });
        return;
      case 'message':
        return;
      case 'turn.committed':
        this.#takeTurn(event);
        this.#state.set({ running, refusedFor: null });
        this.#turn.stored(event.turnId);
        return;
      case 'conversation.ended':
        this.#state.set({ running, refusedFor: null, connection: 'ended' });
        if (event.purged) this.#takeGone();
        else this.#takeEnd(event);
    }
  }

  async #catchUp({ result, input }: OwnResult): Promise<void> {
    if (withTurn(this.#query.cached, toldByResult(result, input)) === null) await this.#query.reload();
  }

  #takeResult({ result, input }: OwnResult): void {
    const { running, connection } = this.#state.now;
    if (running?.answer.turnId === result.turnId) this.#state.set({ running: null });
    this.#takeTurn(toldByResult(result, input));
    // Of what has happened besides, nobody may have told.
    if (connection !== 'live') void this.#query.reload();
  }

  #takeTurn(told: ToldTurn): void {
    const stored = withTurn(this.#query.cached, told);
    if (stored === null) void this.#query.reload();
    else this.#query.put(stored);
    this.#query.invalidateList();
  }

  #takeEnd({ summary, workflowState, progress }: Ended): void {
    this.#state.set({ summary });
    const { cached } = this.#query;
    if (cached === undefined) void this.#query.reload();
    else this.#query.put(withEnd(cached, { workflowState, progress }));
    this.#query.invalidateList();
  }

  #takeGone(): void {
    this.#stopWatching();
    this.#state.set({ isGone: true, stored: undefined, connection: 'ended' });
    this.#query.forget();
    this.#query.invalidateList();
  }

  #noteFailure(error: TurnkeeperClientError): void {
    if (hasReason(error, 'WORKFLOW_ENDED', 'WORKFLOW_NOT_FOUND')) void this.#query.reload();
  }
}
