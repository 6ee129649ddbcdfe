import type { Message } from '../../../contract/message.ts';
import type { TurnRecord } from '../../../server/domain/result.ts';
import { turnCommit } from '../../redis/store/sample-turns.ts';

/** A turn with these messages. */
export function turnOf(number: number, messages: readonly Message[]): TurnRecord {
  const { record } = turnCommit('lease', null, { turnId: `turn-${number}` }).turn;
  return { ...record, messages, turn: { ...record.turn, number } };
}

export function exchange(turn: number, user: string, assistant: string): TurnRecord {
  const base = { turn, kind: 'text' } as const;
  return turnOf(turn, [
    { ...base, id: `${turn}.0`, role: 'user', text: user },
    { ...base, id: `${turn}.1`, role: 'assistant', text: assistant },
  ]);
}
