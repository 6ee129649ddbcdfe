import { focusManager } from '@tanstack/react-query';
import { hasReason } from '../../links/client-error.ts';
import type { resumedConversation } from '../../conversation.ts';
import type { AnyWatchEvent } from '../../results.ts';
import { clientErrorOf } from './queries.ts';
import type { ConversationQuery } from './conversation-query.ts';
import { runningAfter } from './live-answer.ts';
import type { ObservableState, SessionState } from './session-state.ts';

type EndedEvent = Extract<AnyWatchEvent, { type: 'conversation.ended' }>;

interface WatchParts {
  readonly handle: Pick<ReturnType<typeof resumedConversation>, 'watch'>;
  readonly query: ConversationQuery;
  readonly state: ObservableState<SessionState>;
  /** True if a visitor waits for a conversation that does not exist yet. */
  readonly isAwaited: () => boolean;
  /** Called when the cache has a committed turn. */
  readonly onStored: (turnId: string) => void;
  /** Called when more of a turn's answer is visible. */
  readonly onSeen: (turnId: string) => void;
  readonly onEnded: (event: EndedEvent) => void;
  /** Called when the connection is there, at first or again. */
  readonly onConnected: () => void;
}

interface WatchFrom {
  readonly after: number;
  readonly awaitOpening: boolean;
}

/** The watch of a shown conversation: one at a time, and none while the page is hidden. */
export class ConversationWatch {
  readonly #parts: WatchParts;
  #watching: AbortController | null = null;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Watches from the last known turn on, unless the conversation is watched already, or cannot be. */
  begin(): void {
    if (!focusManager.isFocused()) return;
    const { stored, isMissing, isGone, connection } = this.#parts.state.now;
    if (this.#watching !== null || isGone || connection === 'ended') return;
    if (stored === undefined && !(isMissing && this.#parts.isAwaited())) return;
    const watching = new AbortController();
    this.#watching = watching;
    void this.#follow({ after: this.#turnCount, awaitOpening: stored === undefined }, watching.signal);
  }

  stop(): void {
    this.#watching?.abort();
    this.#watching = null;
    this.#parts.state.set({ running: null, refusedFor: null });
  }

  /**
   * Stops the watch of a hidden page. A browser allows six HTTP/1.1 connections to a server for all tabs together, and
   * each watch takes one: hidden tabs must not block visible ones.
   */
  setPageVisible(isVisible: boolean): void {
    if (isVisible) this.begin();
    else if (this.#watching !== null && this.#parts.state.now.connection !== 'ended') {
      this.stop();
      this.#parts.state.set({ connection: 'connecting' });
    }
  }

  get #turnCount(): number {
    return this.#parts.state.now.stored?.workflowState.turnCount ?? 0;
  }

  async #follow({ after, awaitOpening }: WatchFrom, signal: AbortSignal): Promise<void> {
    const { handle, query, state } = this.#parts;
    try {
      for await (const event of handle.watch({ after, awaitOpening, signal })) this.#take(event);
    } catch (thrown) {
      if (signal.aborted) return;
      this.#watching = null;
      const error = clientErrorOf(thrown);
      state.set({ connection: 'interrupted', running: null, watchError: error });
      // A conversation that loads can be watched again; one that does not load says why.
      if (error.retryable || hasReason(error, 'WORKFLOW_NOT_FOUND')) void query.reload();
    }
  }

  #take(event: AnyWatchEvent): void {
    const { query, state, onStored, onSeen, onEnded } = this.#parts;
    const { pending } = state.now;
    const ownTurnId = pending?.phase === 'sending' ? pending.turnId : null;
    const running = runningAfter(state.now.running, event, ownTurnId);
    switch (event.type) {
      case 'message.delta':
      case 'agent.typing':
        state.setSoon({ running });
        if (event.type === 'message.delta' || event.text !== undefined) onSeen(event.turnId);
        return;
      case 'watch.started':
        state.set({ running, refusedFor: null, watchError: null, connection: 'live' });
        this.#parts.onConnected();
        return;
      case 'watch.interrupted':
        state.set({ connection: 'interrupted' });
        return;
      case 'turn.started':
        // The result of an own turn may have been faster.
        if (event.turnNumber > this.#turnCount) state.set({ running });
        return;
      case 'turn.failed':
        state.set({ running, refusedFor: null });
        return;
      case 'turn.committed':
        query.putTurn(event);
        state.set({ running, refusedFor: null });
        onStored(event.turnId);
        return;
      case 'conversation.ended':
        state.set({ running, refusedFor: null, connection: 'ended' });
        onEnded(event);
    }
  }
}
