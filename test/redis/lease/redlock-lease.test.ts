import { inject } from 'vitest';
import { systemClock } from '../../../server/system-clock.ts';
import { key } from '../store/sample-turns.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';
import { describeLeaseConformance } from './lease-conformance.ts';
import { describeQueueConformance } from './queue-conformance.ts';

describeLeaseConformance('through redlock', () => openRedisBacking({ url: inject('redisUrl') }));

describeQueueConformance('through redlock', async () => {
  const here = await openRedisBacking({ url: inject('redisUrl'), clock: systemClock });
  const { prefix, redis, keys } = here;
  const elsewhere = await openRedisBacking({ url: inject('redisUrl'), prefix, clock: systemClock });
  return {
    ...here,
    elsewhere,
    waiting: () => redis.zcard(keys.conversation(key).waiting),
    passTime: () => undefined,
    [Symbol.asyncDispose]: async () => {
      await elsewhere[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
});
