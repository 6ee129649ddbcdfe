import { limits } from '../domain/limits.ts';
import type { StoredTurn } from '../domain/stored-conversation.ts';
import type { TurnLog } from '../domain/turn-log.ts';
import type { MemoryConversation } from './memory-world.ts';

export function isShown({ number }: StoredTurn, log: TurnLog | null): boolean {
  return number >= (log?.shown ?? 1);
}

/** The entries that the transcript shows, oldest first. */
export function shownIn({ log: entries }: MemoryConversation, log: TurnLog | null): StoredTurn[] {
  return [...entries.values()].filter((entry) => isShown(entry, log));
}

/** The entries from which one is told, oldest first. */
export function toldFrom({ log }: MemoryConversation, { number, whole }: StoredTurn): StoredTurn[] {
  return [...log.values()].filter((entry) => entry.number >= (whole ?? number) && entry.number < number);
}

/** Deletes old entries, and with them the exact record of their turn ids. */
export function forgetBefore({ log, turns, forgotten }: MemoryConversation, first: number): void {
  for (const [turnId, { turnNumber }] of turns) {
    if (turnNumber >= first) break;
    turns.delete(turnId);
    forgotten.add(turnId);
    log.delete(turnNumber);
  }
}

/** The first entries, as far as they are not too large together; the first one always. */
export function notTooLarge(entries: readonly StoredTurn[]): StoredTurn[] {
  const taken: StoredTurn[] = [];
  let bytes = 0;
  for (const entry of entries) {
    bytes += Buffer.byteLength(entry.text);
    if (taken.length > 0 && bytes > limits.loadedTurnsBytes) break;
    taken.push(entry);
  }
  return taken;
}
