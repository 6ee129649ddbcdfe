import type { ConversationKey } from '../../../server/domain/identity.ts';
import type { History } from './history.ts';
import { nameOf } from './actors.ts';
import type { Span } from './lease-spans.ts';

/** One commit that a server made: it happened after the server began it and before the server learnt of it. */
export interface Commit extends Span {
  readonly key: ConversationKey;
  readonly turnId: string;
  readonly instance: string;
}

export function commitsOf({ processes }: Pick<History, 'processes'>): Commit[] {
  return processes.flatMap(({ instance, journal }) => {
    const due = new Map<string, number>();
    return journal.flatMap(({ at, entry }): Commit[] => {
      if (entry.type !== 'point' && entry.type !== 'event') return [];
      const { tenant, user, conversationId, turnId } = entry;
      if (tenant === undefined || user === undefined || conversationId === undefined) return [];
      if (turnId === null || turnId === undefined) return [];
      const key = { tenant, user, conversationId };
      const name = `${nameOf(key)} ${turnId}`;
      if (entry.type === 'point' && entry.point === 'commit-due') due.set(name, at);
      const from = due.get(name);
      if (entry.type !== 'event' || entry.event !== 'turn.committed' || from === undefined) return [];
      return [{ key, turnId, instance, from, to: at }];
    });
  });
}
