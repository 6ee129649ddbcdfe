import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { findRedisBinary, startRedisServer } from '../../../server/embedded-redis/start-redis-server.ts';
import { withClient } from './with-client.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'turnkeeper redis "quoted" '));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('a started Redis', () => {
  it('answers at its url as soon as the call returns, and is gone when stopped', async () => {
    const redis = await startRedisServer({ dir, appendOnly: false });
    expect(await withClient(redis.url, (client) => client.ping())).toBe('PONG');
    await redis.stop();
    await expect(redis.exited).resolves.toEqual({ code: 0, signal: null });
    await expect(withClient(redis.url, (client) => client.ping())).rejects.toThrow();
    await redis.stop();
  });

  it('listens on loopback only, behind its password, which is in no process list', async () => {
    const redis = await startRedisServer({ dir, appendOnly: false });
    try {
      const { host } = new URL(redis.url);
      expect(host).toBe(`127.0.0.1:${redis.port}`);
      await expect(withClient(`redis://${host}`, (client) => client.get('key'))).rejects.toThrow('NOAUTH');
      expect(await withClient(redis.url, (client) => client.config('GET', 'bind'))).toEqual([
        'bind',
        '127.0.0.1',
      ]);
      expect(await readFile(`/proc/${redis.pid}/cmdline`, 'utf8')).not.toContain(redis.password);
    } finally {
      await redis.stop();
    }
  });

  it('keeps its configured policies: no eviction, no snapshots, the append-only file as asked', async () => {
    const redis = await startRedisServer({ dir, appendOnly: true, extraConfig: ['maxmemory 64mb'] });
    try {
      const read = (name: string) => withClient(redis.url, (client) => client.config('GET', name));
      expect(await read('maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      expect(await read('save')).toEqual(['save', '']);
      expect(await read('appendonly')).toEqual(['appendonly', 'yes']);
      expect(await read('appendfsync')).toEqual(['appendfsync', 'everysec']);
      expect(await read('maxmemory')).toEqual(['maxmemory', '67108864']);
    } finally {
      await redis.stop();
    }
  });

  it('is killed when it does not end by itself', async () => {
    const redis = await startRedisServer({ dir, appendOnly: false });
    process.kill(redis.pid, 'SIGSTOP');
    await redis.stop();
    await expect(redis.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
  });
});

describe('a Redis that cannot start', () => {
  it('is reported with its own last lines', async () => {
    await expect(
      startRedisServer({ dir, appendOnly: false, extraConfig: ['no-such-setting 1'] }),
    ).rejects.toThrow(/did not start[^]*no-such-setting/);
  });

  it('is reported when the port that was asked for is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      await expect(startRedisServer({ dir, appendOnly: false, port })).rejects.toThrow(
        'Address already in use',
      );
    } finally {
      holder.close();
    }
  });

  it('is reported when its binary does not exist', async () => {
    await expect(startRedisServer({ dir, appendOnly: false, binary: join(dir, 'absent') })).rejects.toThrow(
      'ENOENT',
    );
  });
});

describe('finding the binary', () => {
  it('says exactly what to install when there is none', () => {
    expect(() => findRedisBinary(dir)).toThrow('sudo apt-get install redis-server');
  });

  it('takes a Valkey where there is no Redis, and passes over what it cannot run', async () => {
    await writeFile(join(dir, 'redis-server'), '', { mode: 0o644 });
    await writeFile(join(dir, 'valkey-server'), '', { mode: 0o755 });
    expect(findRedisBinary(dir)).toBe(join(dir, 'valkey-server'));
  });
});

it('the whole test run shares one Redis that answers', async () => {
  expect(await withClient(inject('redisUrl'), (client) => client.ping())).toBe('PONG');
});
