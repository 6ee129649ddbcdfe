import type { ConversationKey } from '../../../server/domain/identity.ts';
import { passOn } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { key } from './sample-turns.ts';

/** The store on a Redis, alone or a cluster, with the means by which its conformance suite changes the stored data. */
export async function openRedisStore(url: string, limits: { readonly transcriptMaxTurns: number }) {
  const backing = await openRedisBacking({ url, ...limits });
  const { redis, keys } = backing;
  const partsOf = (of: ConversationKey): string[] => {
    const { state, log, turns, forgotten } = keys.conversation(of);
    return [state, log, turns, forgotten];
  };
  return {
    ...backing,
    pass: () => passOn(redis),
    level: async (ids: readonly string[]) => {
      // A look at the list writes what is still to be noted in it.
      await backing.store.list(key, { limit: 1 });
      const list = keys.conversations(key);
      const [, newest] = await redis.zrevrange(list, 0, 0, 'WITHSCORES');
      if (newest === undefined) throw new Error('nothing is listed');
      await redis.zadd(list, ...ids.flatMap((id) => [newest, id]));
    },
    damageState: async (of: ConversationKey, text: string) => {
      await redis.set(keys.conversation(of).state, text, 'KEEPTTL');
    },
    damageLog: async (of: ConversationKey, texts: readonly string[]) => {
      const { log } = keys.conversation(of);
      await redis.del(log);
      for (const [index, text] of texts.entries()) await redis.xadd(log, `${index + 1}-0`, 'turn', text);
    },
    damageEntry: async (of: ConversationKey, number: number, text: string) => {
      const { log } = keys.conversation(of);
      const entries = await redis.xrange(log, '-', '+');
      await redis.del(log);
      for (const [id, fields] of entries) {
        // The first field is the text.
        const changed = id === `${number}-0` ? fields.with(1, text) : fields;
        await redis.xadd(log, id, ...changed);
      }
    },
    lifeOf: async (of: ConversationKey) =>
      Math.max(...(await Promise.all(partsOf(of).map((part) => redis.pttl(part))))),
    shorten: async (of: ConversationKey, leftMs: number) => {
      for (const part of partsOf(of)) await redis.pexpire(part, leftMs);
    },
  };
}
