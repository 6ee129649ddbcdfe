import { inject } from 'vitest';
import { ManualClock } from '../../server/testing/manual-clock.ts';
import { openRedisBacking } from '../support/redis-backing.ts';
import { describeStoreConformance } from './store-conformance.ts';

describeStoreConformance('Redis', async (limits) => {
  const clock = new ManualClock();
  const backing = await openRedisBacking({ url: inject('redisUrl'), clock, ...limits });
  return {
    store: backing.store,
    leases: backing.leases,
    clock,
    [Symbol.asyncDispose]: () => backing[Symbol.asyncDispose](),
  };
});
