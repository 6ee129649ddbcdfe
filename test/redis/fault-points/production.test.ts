import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { describe, expect, inject, it } from 'vitest';
import { compose } from '../../../server/compose.ts';
import { parseEnvironment } from '../../../server/settings/read-environment.ts';
import { noFaults } from '../../../server/orchestrator/ports/fault-points.ts';
import { parseRedisUrl } from '../../../server/redis/connection/parse-redis-url.ts';
import { survey } from '../contract/sample-workflows.ts';
import { freshPrefix } from '../../support/raw-redis.ts';
import { faultPoints } from './armed-faults.ts';

describe('a server in production', () => {
  it('does nothing at its race windows', async () => {
    const redisUrl = inject('redisUrl');
    const parsed = parseEnvironment({ REDIS_URL: redisUrl, REDIS_PREFIX: freshPrefix().slice(0, 20) });
    if (!parsed.ok) throw new Error('the environment is not right');
    const composition = await compose({
      settings: parsed.settings,
      definitions: [survey],
      redis: parseRedisUrl(redisUrl),
      logger: pino({ level: 'silent' }),
    });
    composition.close();
    expect(composition.dependencies.faultPoints).toBe(noFaults);
    const key = { tenant: 'tenant', user: 'user', conversationId: 'c' };
    for (const point of faultPoints) expect(noFaults.reach(point, { key, turnId: null })).toBeUndefined();
  });

  it('cannot be given fault points: its entry has no such option', () => {
    const main = readFileSync(new URL('../../../server/run-process.ts', import.meta.url), 'utf8');
    expect(main).toContain('runServer(');
    expect(main).not.toMatch(/fault-?points/i);
  });
});
