import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEmbeddedRedis } from '../../../server/embedded-redis/embedded-redis.ts';
import type { EmbeddedRedis } from '../../../server/embedded-redis/embedded-redis.ts';
import { bundledProgram } from '../../support/bundled-program.ts';
import { startNode } from '../../support/child-program.ts';
import { withClient } from './with-client.ts';

let dataDir: string;
const reports: string[] = [];
const running: { stop: () => Promise<void> }[] = [];
beforeEach(async () => {
  reports.length = 0;
  dataDir = await mkdtemp(join(tmpdir(), 'turnkeeper-data-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((redis) => redis.stop()));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<EmbeddedRedis> {
  const redis = await startEmbeddedRedis({ dataDir, report: (message) => void reports.push(message) });
  running.push(redis);
  return redis;
}

const noop = (): undefined => undefined;
const write = (url: string, value: string) => withClient(url, (client) => client.set('kept', value));
const read = (url: string) => withClient(url, (client) => client.get('kept'));

/** A Redis whose owner, another process, was killed without a chance to stop it. */
async function leaveAnOrphan(): Promise<string> {
  const owner = startNode([
    await bundledProgram('test/system/embedded-redis/own-embedded-redis.ts'),
    dataDir,
  ]);
  const [, url = ''] = await owner.hasPrinted(/^(.*)\n/);
  // The Redis has stopped by then, unless the test fails.
  running.push({ stop: () => withClient(url, (client) => client.shutdown()).then(noop, noop) });
  await write(url, 'by the owner that was killed');
  owner.signal('SIGKILL');
  await owner.ended;
  return url;
}

describe('the embedded Redis keeps its data', () => {
  it('over a stop and a start', async () => {
    const first = await start();
    await write(first.url, 'before the stop');
    await first.stop();
    const second = await start();
    expect(await read(second.url)).toBe('before the stop');
  });

  it('after its redis-server is killed: every acknowledged write is there', async () => {
    const first = await start();
    const acknowledged = await withClient(first.url, async (client) => {
      let last = 0;
      const died = new Promise<'died'>((resolve) => client.once('close', () => resolve('died')));
      for (let value = 1; ; value += 1) {
        const outcome = await Promise.race([client.set('kept', value).catch(() => 'died'), died]);
        if (outcome === 'died') return last;
        last = value;
        // The kill comes during a write, not between two writes.
        if (value === 200) process.kill(first.pid(), 'SIGKILL');
      }
    });
    expect(acknowledged).toBeGreaterThanOrEqual(200);
    await first.stop();
    const second = await start();
    expect(Number(await read(second.url))).toBeGreaterThanOrEqual(acknowledged);
  });

  it('and is started again at the same address when its redis-server dies', async () => {
    const redis = await start();
    await write(redis.url, 'before the death');
    const deadPid = redis.pid();
    process.kill(deadPid, 'SIGKILL');
    await vi.waitFor(() => expect(reports.join()).toContain('started again'), { timeout: 10_000 });
    expect(redis.pid()).not.toBe(deadPid);
    expect(await read(redis.url)).toBe('before the death');
  });
});

describe('a Redis that died and can not be started', () => {
  it('is restarted until that works, as when a full disk has space again; no draft of its note stays', async () => {
    const redis = await start();
    await write(redis.url, 'before the death');
    const note = join(dataDir, 'redis.json');
    await rm(note);
    // A folder in place of the note makes writing it fail, as a full disk does.
    await mkdir(note);
    process.kill(redis.pid(), 'SIGKILL');
    await vi.waitFor(() => expect(reports.join()).toContain("can't be started; it is tried again"), {
      timeout: 10_000,
    });
    expect((await readdir(dataDir)).sort()).toEqual(['redis', 'redis.json']);
    await rm(note, { recursive: true });
    await vi.waitFor(() => expect(reports.join()).toContain('was started again'), { timeout: 15_000 });
    expect(reports).toHaveLength(2);
    expect(await read(redis.url)).toBe('before the death');
  });
});

describe('one data folder has one Redis', () => {
  it('refuses a second server, saying what to do, and leaves the first alone', async () => {
    const first = await start();
    await write(first.url, 'still here');
    await expect(startEmbeddedRedis({ dataDir, report: noop })).rejects.toThrow(
      new RegExp(`process ${process.pid}\\).*TURNKEEPER_DATA_DIR.*REDIS_URL`),
    );
    expect(await read(first.url)).toBe('still here');
  });

  it('lets exactly one of several that start at once have it', async () => {
    const outcomes = await Promise.allSettled([start(), start(), start(), start()]);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });

  it('is free again once its server has stopped', async () => {
    await (await start()).stop();
    expect(await readdir(dataDir)).toEqual(['redis']);
    await expect(start()).resolves.toBeDefined();
  });

  it('is free again when its Redis could not be started', async () => {
    const blockade = join(dataDir, 'redis', 'appendonlydir');
    await mkdir(join(dataDir, 'redis'));
    await writeFile(blockade, "a file where Redis's own folder belongs");
    await expect(start()).rejects.toThrow('did not start');
    await rm(blockade);
    await expect(start()).resolves.toBeDefined();
  });

  it('ends the Redis of a server that was killed, and goes on with its data', async () => {
    const orphanUrl = await leaveAnOrphan();
    expect(await read(orphanUrl)).toBe('by the owner that was killed');
    const redis = await start();
    await expect(read(orphanUrl)).rejects.toThrow();
    expect(await read(redis.url)).toBe('by the owner that was killed');
  });

  it('does not start beside an orphan that will not end, and says how to end it', async () => {
    await leaveAnOrphan();
    const claim = JSON.parse(await readFile(join(dataDir, 'redis.json'), 'utf8')) as { redisPid: number };
    process.kill(claim.redisPid, 'SIGSTOP');
    try {
      await expect(start()).rejects.toThrow(`kill -9 ${claim.redisPid}`);
    } finally {
      process.kill(claim.redisPid, 'SIGKILL');
    }
  });

  it('does not touch another program on the port of a Redis that is gone', async () => {
    const stranger = await startEmbeddedRedis({ dataDir: join(dataDir, 'stranger'), report: noop });
    running.push(stranger);
    const { port } = new URL(stranger.url);
    const claim = {
      ownerPid: 1,
      ownerMark: 'long dead',
      redisPid: 1,
      url: `redis://:other@127.0.0.1:${port}`,
    };
    await writeFile(join(dataDir, 'redis.json'), JSON.stringify(claim));
    await start();
    expect(await write(stranger.url, 'alive')).toBe('OK');
  });

  it('does not guess when its note cannot be read', async () => {
    await writeFile(join(dataDir, 'redis.json'), '{"ownerPid":');
    await expect(start()).rejects.toThrow(/redis\.json can't be read.*delete the file/);
  });
});

it('lets only its owner read the password', async () => {
  await start();
  expect((await stat(join(dataDir, 'redis.json'))).mode & 0o777).toBe(0o600);
});
