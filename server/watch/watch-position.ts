import { createHash } from 'node:crypto';
import type { ConversationState } from '../domain/state.ts';

/** How far a watcher has been shown a conversation. */
export interface WatchPosition {
  /** Which conversation of this id: one may be purged and another begun. `null` for one that has not been opened yet. */
  readonly mark: string | null;
  /** The last turn that was shown whole. */
  readonly turnNumber: number;
  /** How many messages of the next turn were shown. */
  readonly messages: number;
  /** Whether the end was shown. */
  readonly isEnded: boolean;
}

const markLength = 16;
const unopened = 'new';
const pattern = new RegExp(`^(${unopened}|[0-9a-f]{${markLength}})\\.(\\d{1,9})\\.(\\d{1,9})(\\.ended)?$`);

/** Tells a conversation from another of its id, without telling its incarnation, which is the store's business. */
export function markOf({ incarnation }: ConversationState): string {
  return createHash('sha256').update(incarnation).digest('hex').slice(0, markLength);
}

export function writePosition({ mark, turnNumber, messages, isEnded }: WatchPosition): string {
  return `${mark ?? unopened}.${turnNumber}.${messages}${isEnded ? '.ended' : ''}`;
}

/** The position that an event's id names; `null` where it is none of ours. */
export function readPosition(id: string): WatchPosition | null {
  const [, mark, turnNumber, messages, ended] = pattern.exec(id) ?? [];
  if (mark === undefined) return null;
  return {
    mark: mark === unopened ? null : mark,
    turnNumber: Number(turnNumber),
    messages: Number(messages),
    isEnded: ended !== undefined,
  };
}
