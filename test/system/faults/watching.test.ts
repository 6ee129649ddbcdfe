import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import type { WatchEvent } from '../../../client-sdk/src/index.ts';
import { deferred } from '../../support/deferred.ts';
import { startFront } from '../../support/proxy/front.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { freshPrefix, rawRedis } from '../../support/raw-redis.ts';
import { startServerProcess } from '../../support/server-process.ts';

const turns = 40;
const disruptedEvery = 10;

interface World {
  readonly redis: Awaited<ReturnType<typeof startOwnRedis>>;
  readonly front: Awaited<ReturnType<typeof startFront>>;
  /** The server on which the watcher begins; the turns run on another one. */
  readonly watched: Awaited<ReturnType<typeof startServerProcess>>;
  readonly otherUrl: string;
  readonly killClients: (type: 'pubsub' | 'normal') => Promise<unknown>;
}

/** Disturbs the watcher once this many turns have run. */
type Disrupt = (world: World, turnNumber: number) => unknown;

/** Returns the committed turns that a watcher saw, through whatever happened meanwhile. */
async function watchThrough(
  disrupt: Disrupt,
): Promise<{ numbers: number[]; messages: string[]; interruptions: number }> {
  await using redis = await startOwnRedis({ appendOnly: true });
  using raw = rawRedis(redis.url);
  const env = { REDIS_URL: redis.url, REDIS_PREFIX: freshPrefix().slice(0, 20), LOCK_TTL_MS: '2000' };
  await using watched = await startServerProcess(env);
  await using other = await startServerProcess(env);
  const [{ url: watchedUrl }, { url: otherUrl }] = await Promise.all([watched.started(), other.started()]);
  await using front = await startFront(watchedUrl);
  const retry = { attempts: 20, baseDelayMs: 50, maxDelayMs: 300 };
  const writing = createTurnkeeperClient({ url: otherUrl, retry }).conversation('vendor-onboarding');
  const watching = createTurnkeeperClient({ url: front.url, retry }).resume(writing.id);
  const world: World = {
    ...{ redis, front, watched, otherUrl },
    killClients: (type) => raw.redis.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes'),
  };
  const seen: WatchEvent[] = [];
  const begun = deferred();
  const watch = async (): Promise<void> => {
    for await (const event of watching.watch({ after: 0, awaitOpening: true })) {
      seen.push(event);
      begun.resolve();
    }
  };
  const over = watch();
  await begun.promise;
  for (let number = 1; number <= turns; number += 1) {
    const [{ turn }] = await Promise.all([
      writing.turn(`words ${number}`),
      number % disruptedEvery === 0 ? disrupt(world, number) : null,
    ]);
    expect(turn.number).toBe(number);
  }
  await writing.end({ outcome: 'cancelled' });
  await over;
  return {
    numbers: seen.flatMap((event) => (event.type === 'turn.committed' ? [event.turn.number] : [])),
    messages: seen.flatMap((event) =>
      event.type === 'turn.committed' ? event.messages.map(({ id }) => id) : [],
    ),
    interruptions: seen.filter(({ type }) => type === 'watch.interrupted').length,
  };
}

const everyTurn = Array.from({ length: turns }, (_, index) => index + 1);

describe('a watcher sees every committed turn once and in order, though', () => {
  it.each<[string, Disrupt]>([
    ['nothing happens', () => undefined],
    [
      'its server is killed, and it goes on at another',
      ({ watched, front, otherUrl }, number) => {
        if (number > disruptedEvery) return;
        front.aim(otherUrl);
        watched.signal('SIGKILL');
      },
    ],
    [
      'its server is told to stop, and it goes on at another',
      ({ watched, front, otherUrl }, number) => {
        if (number > disruptedEvery) return;
        front.aim(otherUrl);
        watched.signal('SIGTERM');
      },
    ],
    ['its connection is cut again and again', ({ front }) => front.cut()],
    ['Redis closes the connection that messages come on', ({ killClients }) => killClients('pubsub')],
    [
      'Redis closes all connections',
      async ({ killClients }) => {
        await killClients('pubsub');
        await killClients('normal');
      },
    ],
    [
      'Redis is killed and comes back',
      async ({ redis }, number) => {
        if (number !== 2 * disruptedEvery) return;
        await redis.kill();
        await redis.start();
      },
    ],
  ])('%s', async (what, disrupt) => {
    const { numbers, messages, interruptions } = await watchThrough(disrupt);
    expect(numbers).toEqual(everyTurn);
    if (/server|cut/.test(what)) expect(interruptions).toBeGreaterThan(0);
    expect(messages).toEqual([...new Set(messages)]);
    expect(messages.length).toBeGreaterThanOrEqual(2 * turns);
  });
});
