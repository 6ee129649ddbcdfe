import { describe, expect, it } from 'vitest';
import { startOwnRedis } from '../../support/own-redis.ts';
import { rawRedis } from '../../support/raw-redis.ts';
import { startTestServer } from '../../support/running-server.ts';

const warnings = (logLines: readonly string[]): string[] =>
  logLines.filter((line) => line.includes('"event":"store.evicts"'));

describe('a Redis that evicts keys', () => {
  it.each(['allkeys-lru', 'volatile-ttl'])('causes a warning of one line: %s', async (policy) => {
    await using redis = await startOwnRedis({ extraConfig: [`maxmemory-policy ${policy}`] });
    await using server = await startTestServer({ env: { REDIS_URL: redis.url } });
    expect(server.store.evictionPolicy).toBe(policy);
    expect(warnings(server.logLines)).toHaveLength(1);
    expect(warnings(server.logLines)[0]).toContain(policy);
  });

  it('causes no warning if it evicts nothing', async () => {
    await using redis = await startOwnRedis();
    await using server = await startTestServer({ env: { REDIS_URL: redis.url } });
    expect(server.store).toEqual({ trouble: null, evictionPolicy: null });
    expect(warnings(server.logLines)).toEqual([]);
  });

  it('does not keep a server from starting whose ACL user may not ask', async () => {
    await using redis = await startOwnRedis({ extraConfig: ['maxmemory-policy allkeys-lru'] });
    using raw = rawRedis(redis.url);
    await raw.redis.acl('SETUSER', 'app', 'on', '>secret', '~*', '&*', '+@all', '-info', '-config');
    const REDIS_URL = `redis://app:secret@127.0.0.1:${redis.port}`;
    await using server = await startTestServer({ env: { REDIS_URL } });
    expect(server.store).toEqual({ trouble: null, evictionPolicy: null });
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });
});
