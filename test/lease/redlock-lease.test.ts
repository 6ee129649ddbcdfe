import { inject } from 'vitest';
import { openRedisBacking } from '../support/redis-backing.ts';
import { describeLeaseConformance } from './lease-conformance.ts';

describeLeaseConformance('through redlock', () => openRedisBacking({ url: inject('redisUrl') }));
