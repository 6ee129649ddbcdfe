import type { Redis } from 'ioredis';
import type { ConversationKey } from '../../server/domain/identity.ts';
import type { TurnRecord } from '../../server/domain/result.ts';
import { readTurnRecords } from '../../server/domain/stored-conversation.ts';
import type { StoredTurn } from '../../server/domain/stored-conversation.ts';

interface StoredLog {
  /** The entries as they are stored: their ids, and their fields. */
  readonly entries: readonly (readonly [id: string, fields: string[]])[];
  /** The records from the first entry that is whole on: those before it were told from entries that are gone. */
  readonly records: readonly TurnRecord[];
}

/** Reads the log of a conversation in Redis, without the server's scripts. */
export async function readStoredLog(redis: Redis, log: string, key: ConversationKey): Promise<StoredLog> {
  const entries = await redis.xrange(log, '-', '+');
  const turns = entries.map(([id, fields]) => storedTurn(id, fields));
  const isWhole = ({ number, whole }: StoredTurn): boolean => whole === null || whole === number;
  const told = turns.slice(turns.findIndex(isWhole));
  return { entries, records: readTurnRecords(key, told, [], null) };
}

function storedTurn(id: string, list: readonly string[]): StoredTurn {
  const fields = new Map<string, string>();
  for (let index = 0; index < list.length; index += 2) fields.set(list[index] ?? '', list[index + 1] ?? '');
  const format = fields.get('format');
  const whole = fields.get('whole');
  return {
    number: Number.parseInt(id, 10),
    text: fields.get('turn') ?? '',
    format: format === undefined ? null : Number(format),
    whole: whole === undefined ? null : Number(whole),
    turnId: fields.get('id') ?? null,
  };
}
