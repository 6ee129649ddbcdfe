import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  readonly otherUrl: string;
  /** Ends the server on which the watcher began. */
  readonly endWatched: (signal: 'SIGKILL' | 'SIGTERM') => void;
  readonly killClients: (type: 'pubsub' | 'normal') => Promise<unknown>;
}

type Process = Awaited<ReturnType<typeof startServerProcess>>;

const prefix = freshPrefix().slice(0, 20);
const servers: Process[] = [];
let redis: World['redis'];
/** The turns run on this server, and the watcher goes on at it. */
let other: Process;
/** The server on which a watcher begins; null until a test needs one, and once a test has ended it. */
let watched: Process | null = null;

async function start(): Promise<Process> {
  const env = { REDIS_URL: redis.url, REDIS_PREFIX: prefix, LOCK_TTL_MS: '2000' };
  const server = await startServerProcess(env);
  servers.push(server);
  return server;
}

beforeAll(async () => {
  redis = await startOwnRedis({ appendOnly: true });
  other = await start();
});
afterAll(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

/** Disturbs the watcher once this many turns have run. */
type Disrupt = (world: World, turnNumber: number) => unknown;

/** Returns the committed turns that a watcher saw, through whatever happened meanwhile. */
async function watchThrough(
  disrupt: Disrupt,
): Promise<{ numbers: number[]; messages: string[]; interruptions: number }> {
  using raw = rawRedis(redis.url);
  watched ??= await start();
  const [{ url: watchedUrl }, { url: otherUrl }] = await Promise.all([watched.started(), other.started()]);
  await using front = await startFront(watchedUrl);
  const retry = { attempts: 20, baseDelayMs: 50, maxDelayMs: 300 };
  const writing = createTurnkeeperClient({ url: otherUrl, retry }).conversation('vendor-onboarding');
  const watching = createTurnkeeperClient({ url: front.url, retry }).resume(writing.id);
  const world: World = {
    ...{ redis, front, otherUrl },
    endWatched: (signal) => {
      watched?.signal(signal);
      watched = null;
    },
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
      ({ endWatched, front, otherUrl }, number) => {
        if (number > disruptedEvery) return;
        front.aim(otherUrl);
        endWatched('SIGKILL');
      },
    ],
    [
      'its server is told to stop, and it goes on at another',
      ({ endWatched, front, otherUrl }, number) => {
        if (number > disruptedEvery) return;
        front.aim(otherUrl);
        endWatched('SIGTERM');
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
