import { describe, expect, inject, it } from 'vitest';
import type { FeedMessage } from '../../../server/orchestrator/ports/conversation-feed.ts';
import { key } from '../store/sample-turns.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { describeFeedConformance } from './feed-conformance.ts';
import { openTwoBackings } from './two-backings.ts';

describeFeedConformance('on Redis', () => openTwoBackings(inject('redisUrl')));

describe('a feed whose connection is lost', () => {
  it('says that it is time to look again once it is back: messages may have been missed', async () => {
    await using redis = await startOwnRedis();
    using raw = rawRedis(redis.url);
    await using backing = await openRedisBacking({ url: redis.url });
    const heard: FeedMessage[] = [];
    const stop = await backing.feed.listen(key, (notice) => void heard.push(notice));
    expect(heard).toEqual([]);
    await raw.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await expect.poll(() => heard, { timeout: 5_000 }).toEqual([{ type: 'changed' }]);
    stop();
  });

  it('refuses who comes while there is no connection, and hears for who comes afterwards', async () => {
    await using redis = await startOwnRedis();
    await using backing = await openRedisBacking({ url: redis.url, commandTimeoutMs: 300 });
    const listen = () => backing.feed.listen(key, () => undefined);
    await redis.kill();
    await expect(listen()).rejects.toMatchObject({ reason: 'STATE_STORE_UNAVAILABLE' });
    await redis.start();
    const isHeard = () =>
      listen().then(
        () => true,
        () => false,
      );
    await expect.poll(isHeard, { timeout: 5_000 }).toBe(true);
  });
});
