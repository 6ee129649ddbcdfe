/**
 * A conversation on the page, in however many components.
 *
 * The job: join the three sources of a conversation's state into one `SessionState`: the query (stored data), the watch
 * (live events) and the user's own turn. The boundary: the query cache holds the stored data, and the session
 * everything else; it knows no component, and `viewOf` makes the view. It keeps that
 * - there is one query, one watch and one own turn at a time, however many components visit;
 * - it loads and watches while it has visits, and exists until its own turn is stored or given up;
 * - each committed turn is cached once, by its number, whichever source reports it first; where turns are missing,
 *   the conversation is loaded again;
 * - a conversation that is gone is never opened again under its id.
 */
import { focusManager } from '@tanstack/react-query';
import type { QueryObserverResult } from '@tanstack/react-query';
import type { EndResult } from '../../../../contract/results.ts';
import type { TypedDefinition } from '../../../../workflows/definition/types.ts';
import { hasReason } from '../../links/client-error.ts';
import type { TurnkeeperClientError } from '../../links/client-error.ts';
import { resumedConversation } from '../../conversation.ts';
import type { EndRequest } from '../../results.ts';
import { clientErrorOf } from './queries.ts';
import type { Queries } from './queries.ts';
import { ConversationQuery } from './conversation-query.ts';
import { ConversationWatch } from './conversation-watch.ts';
import { OwnTurn } from './own-turn.ts';
import type { OwnResult } from './own-turn.ts';
import { ObservableState, initialState } from './session-state.ts';
import type { SessionState } from './session-state.ts';
import { turnFactsOf, withOlder, withTurn } from './stored-conversation.ts';
import type { StoredConversation } from './stored-conversation.ts';

export interface Visit {
  readonly onChange: () => void;
  /** True if the visitor waits for a conversation that does not exist yet. */
  readonly awaitsOpening: boolean;
}

type Ended = Pick<EndResult<TypedDefinition>, 'summary' | 'workflowState' | 'progress'>;

export class ConversationSession {
  readonly #state = new ObservableState<SessionState>(initialState);
  readonly #query: ConversationQuery;
  readonly #handle: ReturnType<typeof resumedConversation>;
  readonly #watch: ConversationWatch;
  readonly #turn: OwnTurn;
  readonly #onIdle: () => void;
  readonly #visits = new Set<Visit>();
  /** True if the server had the conversation at some time. If it is missing later, it is gone. */
  #wasThere = false;
  #stopObserving: (() => void) | null = null;

  /** @param onIdle called when the session holds nothing that is not in the cache, too */
  constructor(parts: Queries, conversationId: string, onIdle: () => void) {
    this.#query = new ConversationQuery(parts, conversationId);
    this.#handle = resumedConversation(parts.trpc, { id: conversationId });
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
      trpc: parts.trpc,
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

  /** True if a visitor waits for a conversation that does not exist yet. */
  get #isAwaited(): boolean {
    return [...this.#visits].some(({ awaitsOpening }) => awaitsOpening);
  }

  /** True if somebody else's turn runs, or the server has refused the user's own turn because of another one. */
  get isOtherInTheWay(): boolean {
    const { running, pending, refusedFor } = this.#state.now;
    return refusedFor !== null || (running !== null && running.answer.turnId !== pending?.turnId);
  }

  /** Loads and watches the conversation until the returned function has been called for every visit. */
  visit(visit: Visit): () => void {
    const unsubscribe = this.#state.subscribe(visit.onChange);
    this.#visits.add(visit);
    if (this.#stopObserving === null) {
      const stopFollowingFocus = focusManager.subscribe((isVisible) => this.#watch.setPageVisible(isVisible));
      const stopObserving = this.#query.observe(
        (result) => this.#takeLoaded(result),
        () => this.#isAwaited,
      );
      this.#stopObserving = () => {
        stopFollowingFocus();
        stopObserving();
      };
    } else if (visit.awaitsOpening && this.#state.now.isMissing) this.#watch.begin();
    return () => {
      unsubscribe();
      this.#visits.delete(visit);
      // React may come back at once: under StrictMode it does, and so does a component whose options change.
      queueMicrotask(() => this.#leaveIfUnvisited());
    };
  }

  refetch(): void {
    this.#state.set({ watchError: null, olderError: null });
    void this.#query.reload();
  }

  /** Loads a page of older messages, if there are any. It loads one page at a time. */
  async loadOlder(): Promise<void> {
    const { stored, isLoadingOlder } = this.#state.now;
    const before = stored?.olderBefore ?? null;
    if (before === null || isLoadingOlder) return;
    this.#state.set({ isLoadingOlder: true, olderError: null });
    try {
      const page = await this.#query.fetchOlder(before);
      const { cached } = this.#query;
      // After a reload in the meantime, this page no longer precedes the cached one.
      if (cached?.olderBefore === before) this.#query.put(withOlder(cached, page));
      this.#state.set({ isLoadingOlder: false });
    } catch (thrown) {
      this.#state.set({ isLoadingOlder: false, olderError: clientErrorOf(thrown) });
    }
  }

  /** Stops the turn that runs. The own turn is given up even if it runs nowhere, because the client waits for its next try. */
  async stop(): Promise<void> {
    const { pending, running } = this.#state.now;
    const isOwn = pending?.phase === 'sending';
    const turnId = isOwn ? pending.turnId : running?.answer.turnId;
    if (turnId === undefined) return;
    try {
      const { stopped } = await this.#handle.stop({ turnId });
      if (!stopped && isOwn) this.#turn.giveUp(turnId);
    } catch (thrown) {
      if (isOwn) this.#turn.giveUp(turnId);
      else this.#state.set({ watchError: clientErrorOf(thrown) });
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
      // The conversation was purged, and only the answer was lost; or somebody else has purged it.
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
    if (withTurn(this.#query.cached, turnFactsOf(result, input)) === null) await this.#query.reload();
  }

  #takeResult({ result, input }: OwnResult): void {
    const { running, connection } = this.#state.now;
    if (running?.answer.turnId === result.turnId) this.#state.set({ running: null });
    this.#query.putTurn(turnFactsOf(result, input));
    // Without a live watch, nobody reports what else has happened.
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
    // UNKNOWN_WORKFLOW, too: a turn without a workflow id fails with it where the conversation is missing.
    if (hasReason(error, 'WORKFLOW_ENDED', 'WORKFLOW_NOT_FOUND', 'UNKNOWN_WORKFLOW'))
      void this.#query.reload();
  }
}
