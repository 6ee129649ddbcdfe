import { Redis } from 'ioredis';
import type { StoredSizes } from '../processes/subject-spec.ts';
import { openOurServer } from './our-server.ts';
import { conversationIdOf, identityOf, turnRequest } from './workload.ts';

/** Bytes of a whole conversation. */
export interface StoredConversation {
  readonly stateBytes: number;
  /** The log's last entry, its fields' names too. */
  readonly entryBytes: number;
  /** The bytes that the hash of turn ids takes for one turn; 0 where there is none. */
  readonly turnIdBytes: number;
  /** The bytes that all keys take by Redis's own count, with its structures. */
  readonly memoryBytes: number;
}

const turnsBeforeMeasuring = 3;

/** Plays a few turns of ours and looks how much they write. */
export async function measureStoredSizes(redisUrl: string): Promise<StoredSizes> {
  const redisPrefix = 'sizes';
  const server = await openOurServer({ redisUrl, redisPrefix });
  const redis = new Redis(redisUrl);
  try {
    const { workflow } = server.callerOf(identityOf(0, 1));
    for (let turn = 1; turn <= turnsBeforeMeasuring; turn += 1) await workflow.turn(turnRequest(0, turn));
    const { stateBytes, entryBytes } = await storedConversation(redis, redisPrefix, 0);
    return { stateBytes, entryBytes };
  } finally {
    redis.disconnect();
    server.close();
  }
}

/** Reads what is stored of a conversation of ours, whatever its keys are besides the state and the log. */
export async function storedConversation(
  redis: Redis,
  prefix: string,
  conversation: number,
): Promise<StoredConversation> {
  const keys = await keysOf(redis, prefix, conversation);
  const state = keys.find((key) => key.endsWith(':state'));
  const log = keys.find((key) => key.endsWith(':log'));
  if (state === undefined || log === undefined)
    throw new Error(`Redis holds no state and log under ${prefix}: is the layout of the keys another one?`);
  const turns = keys.find((key) => key.endsWith(':turns'));
  const [last] = await redis.xrevrange(log, '+', '-', 'COUNT', 1);
  const ids = turns === undefined ? [] : Object.entries(await redis.hgetall(turns));
  const memory = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
  return {
    stateBytes: await redis.strlen(state),
    entryBytes: bytesOf(last?.[1] ?? []),
    turnIdBytes: ids.length === 0 ? 0 : bytesOf(ids.flat()) / ids.length,
    memoryBytes: memory.reduce((sum: number, bytes) => sum + Number(bytes), 0),
  };
}

function bytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** All keys of one conversation of ours. */
export async function keysOf(redis: Redis, prefix: string, conversation: number): Promise<string[]> {
  const keys: string[] = [];
  const pattern = `${prefix}:*:${conversationIdOf(conversation)}}*`;
  for await (const page of redis.scanStream({ match: pattern, count: 1_000 }))
    keys.push(...(page as string[]));
  return keys;
}
