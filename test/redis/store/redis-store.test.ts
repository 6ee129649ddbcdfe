import { inject } from 'vitest';
import { openRedisStore } from './redis-store-under-test.ts';
import { describeStoreConformance } from './store-conformance.ts';

describeStoreConformance('Redis', (limits) => openRedisStore(inject('redisUrl'), limits));
