import type { Summary } from '../../../../contract/workflow-state.ts';
import type { TurnkeeperClientError } from '../../links/client-error.ts';
import type { Ending, OtherTurn, PendingTurn, WatchConnection } from './conversation-view.ts';
import type { WatchedTurn } from './live-answer.ts';
import type { StoredConversation } from './stored-conversation.ts';

/** The user's own turn as far as it alone decides. `viewOf` adds what follows from the rest of the state. */
export interface OwnPending extends Omit<PendingTurn, 'isOvertaken' | 'isAwaitingConnection'> {
  /** The number of stored turns when it was last sent. */
  readonly sentAfter: number;
}

/** Everything that is known of a shown conversation. `viewOf` derives from it what a component shows. */
export interface SessionState {
  readonly stored: StoredConversation | undefined;
  /** The server has no conversation of this id. */
  readonly isMissing: boolean;
  /** The conversation was purged or forgotten while it was shown. */
  readonly isGone: boolean;
  readonly loadError: TurnkeeperClientError | null;
  readonly watchError: TurnkeeperClientError | null;
  readonly olderError: TurnkeeperClientError | null;
  readonly isLoadingOlder: boolean;
  readonly connection: WatchConnection;
  /** False if the device has no network. */
  readonly isOnline: boolean;
  readonly running: WatchedTurn | null;
  readonly pending: OwnPending | null;
  /** The turn of somebody else for which the server refused the user's own. */
  readonly refusedFor: OtherTurn | null;
  readonly summary: Summary | null;
  readonly ending: Ending;
}

export const initialState: SessionState = {
  stored: undefined,
  isMissing: false,
  isGone: false,
  loadError: null,
  watchError: null,
  olderError: null,
  isLoadingOlder: false,
  connection: 'connecting',
  isOnline: true,
  running: null,
  pending: null,
  refusedFor: null,
  summary: null,
  ending: { isPending: false, error: null },
};

/** Returns whether the user's own turn failed because no server could be reached. */
export function isUnsent({ pending }: Pick<SessionState, 'pending'>): boolean {
  const error = pending?.phase === 'failed' ? pending.error : null;
  // A proxy that answers in the server's place is a connection, and need not mean what it says.
  return error?.reason === 'UNREACHABLE' && error.httpStatus === undefined;
}

/** Returns whether another turn was stored since the user's own one was sent. */
export function isOvertaken({ pending, stored }: Pick<SessionState, 'pending' | 'stored'>): boolean {
  return pending !== null && (stored?.workflowState.turnCount ?? 0) > pending.sentAfter;
}

/** Returns whether the connection is known to be away. */
export function isAway({ isOnline, connection }: Pick<SessionState, 'isOnline' | 'connection'>): boolean {
  return !isOnline || connection === 'interrupted' || connection === 'connecting';
}

/** Minimum time between renders of live text, in ms. */
const liveRenderMs = 50;

/** A state that is replaced as a whole, and its listeners. */
export class ObservableState<State extends object> {
  #state: State;
  readonly #listeners = new Set<() => void>();
  #next: State | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(state: State) {
    this.#state = state;
  }

  /** The state that listeners know. It stays the same object until they are called. */
  get shown(): State {
    return this.#state;
  }

  /** The newest state, which may not be shown yet. */
  get now(): State {
    return this.#next ?? this.#state;
  }

  set(change: Partial<State>): void {
    const { now } = this;
    const keys = Object.keys(change) as (keyof State)[];
    if (this.#next === null && keys.every((key) => change[key] === now[key])) return;
    this.#next = { ...this.now, ...change };
    this.#show();
  }

  /** Shows a change together with those that follow shortly. */
  setSoon(change: Partial<State>): void {
    this.#next = { ...this.now, ...change };
    this.#timer ??= setTimeout(() => this.#show(), liveRenderMs);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#state = this.now;
    this.#next = null;
    for (const listener of [...this.#listeners]) listener();
  }
}
