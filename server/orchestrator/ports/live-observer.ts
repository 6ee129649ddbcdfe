import type { ConversationKey } from '../../domain/identity.ts';
import type { LiveEvent } from '../../domain/live/live-events.ts';

export interface LiveTurn {
  readonly key: ConversationKey;
  readonly turnId: string;
  readonly turnNumber: number;
}

/**
 * Who is shown an answer while it comes. Unlike the log's observer it gets what the agent wrote, so it must hand it to
 * nobody but the conversation's own user (I8). What it is shown may never be committed (I5).
 */
export interface LiveObserver {
  /** Takes note; must not throw and must not take long. */
  show(turn: LiveTurn, event: LiveEvent): void;
}

/** For a server where nobody watches. */
export const noLiveObserver: LiveObserver = { show: () => undefined };
