import { focusManager } from '@tanstack/react-query';
import { hasReason } from '../../client-error.ts';
import type { resumedConversation } from '../../conversation.ts';
import type { AnyWatchEvent } from '../../results.ts';
import { clientErrorOf } from '../client-error-of.ts';
import type { ConversationQuery } from './conversation-query.ts';
import { runningAfter } from './live-answer.ts';
import type { ObservableState } from './observable-state.ts';
import type { SessionState } from './session-state.ts';

type EndedEvent = Extract<AnyWatchEvent, { type: 'conversation.ended' }>;

interface Parts {
  readonly handle: Pick<ReturnType<typeof resumedConversation>, 'watch'>;
  readonly query: ConversationQuery;
  readonly state: ObservableState<SessionState>;
  /** Whether a conversation that is not there yet is waited for. */
  readonly isAwaited: () => boolean;
  /** Called when what a turn has committed is in the cache. */
  readonly onStored: (turnId: string) => void;
  /** Called when more of a turn's answer can be seen. */
  readonly onSeen: (turnId: string) => void;
  readonly onEnded: (event: EndedEvent) => void;
}

interface Start {
  readonly after: number;
  readonly awaitOpening: boolean;
}

/** The watch of a conversation that is shown: one at a time, and none while nobody looks at the page. */
export class ConversationWatch {
  readonly #parts: Parts;
  #watching: AbortController | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Watches from what is known on; where that can't be, or it is watched already, it does nothing. */
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
   * A browser allows a server six connections of HTTP/1.1 for all of its tabs, and each watch is one: those that nobody looks
   * at must not keep the others waiting.
   */
  heed(isShown: boolean): void {
    if (isShown) this.begin();
    else if (this.#watching !== null && this.#parts.state.now.connection !== 'ended') {
      this.stop();
      this.#parts.state.set({ connection: 'connecting' });
    }
  }

  get #turnCount(): number {
    return this.#parts.state.now.stored?.workflowState.turnCount ?? 0;
  }

  async #follow({ after, awaitOpening }: Start, signal: AbortSignal): Promise<void> {
    const { handle, query, state } = this.#parts;
    try {
      for await (const event of handle.watch({ after, awaitOpening, signal })) this.#take(event);
    } catch (thrown) {
      if (signal.aborted) return;
      this.#watching = null;
      const error = clientErrorOf(thrown);
      state.set({ connection: 'interrupted', running: null, watchError: error });
      // What can be loaded can be watched again; what can't be loaded says why.
      if (error.retryable || hasReason(error, 'WORKFLOW_NOT_FOUND')) void query.reload();
    }
  }

  #take(event: AnyWatchEvent): void {
    const { query, state, onStored, onSeen, onEnded } = this.#parts;
    const running = runningAfter(state.now.running, event);
    switch (event.type) {
      case 'message.delta':
      case 'agent.typing':
        state.setSoon({ running });
        if (event.type === 'message.delta' || event.text !== undefined) onSeen(event.turnId);
        return;
      case 'watch.started':
        state.set({ running, refusedFor: null, watchError: null, connection: 'live' });
        return;
      case 'watch.interrupted':
        state.set({ connection: 'interrupted' });
        return;
      case 'turn.started':
        // One's own answer may have been faster.
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
