import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { createTestCaller } from '../../../server/testing/index.ts';
import { survey, travel } from './sample-workflows.ts';

export type StoreKind = 'memory' | 'Redis';
export const storeKinds: readonly StoreKind[] = ['memory', 'Redis'];

interface CallerSettings {
  readonly transcriptMaxTurns?: number;
  readonly maxTurnsInFlight?: number;
}

/** A test caller over `travel` and `survey`, on either store; use with `await using`. */
export function openCaller(kind: StoreKind = 'memory', settings: CallerSettings = {}) {
  return createTestCaller({
    definitions: [travel, survey],
    store: kind === 'memory' ? 'memory' : { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` },
    ...settings,
  });
}
