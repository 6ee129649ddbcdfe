import { Redis } from 'ioredis';
import { startOwnRedis } from '../../support/own-redis.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { checkHistory } from './check/check-history.ts';
import type { Violation } from './check/violation.ts';
import { watchExpiries } from './expiry-watch.ts';
import type { Fault, History } from './history.ts';
import type { AgentMoods } from './ledger-agent.ts';
import { untilQuiet } from './quiet.ts';
import type { Random } from './random.ts';
import { Recorder } from './recorder.ts';
import { repeatAll } from './repeat-all.ts';
import { startFleet } from './server-fleet.ts';
import type { Fleet } from './server-fleet.ts';
import { environmentOf, keyPrefix, settingsUnderTest } from './settings-under-test.ts';
import type { SettingsUnderTest } from './settings-under-test.ts';
import { readStored } from './stored.ts';
import type { Stored } from './stored.ts';

export interface StageOptions {
  readonly servers: number;
  readonly random: Random;
  readonly moods: AgentMoods;
  /** The program that the servers run, as `startProgram` takes it. @default this project's source */
  readonly program?: string;
  readonly settings?: SettingsUnderTest;
}

/** Servers over a Redis of their own, with clients and faults. */
export interface Stage {
  readonly redis: Awaited<ReturnType<typeof startOwnRedis>>;
  readonly fleet: Fleet;
  readonly recorder: Recorder;
  /** The test's own connection, which the servers' faults do not affect. */
  readonly observer: Redis;
}

export interface RunResult {
  readonly history: History;
  readonly stored: Stored;
  readonly violations: readonly Violation[];
}

/** The server under test: its source in this project. */
export const serverProgram = 'test/system/history/server-under-test.ts';

/** Sets up servers, runs `play` with them, and checks the history. */
export async function runOnStage(
  { servers, random, moods, program = serverProgram, settings = settingsUnderTest }: StageOptions,
  play: (stage: Stage) => Promise<readonly Fault[]>,
): Promise<RunResult> {
  await using folder = await temporaryFolder();
  // Redis hands every write to the kernel before it acknowledges it, so a killed Redis loses none (`everysec` may delay
  // that). The machine is not killed: a sync would only add the disk's time.
  await using redis = await startOwnRedis({ appendOnly: true, extraConfig: ['appendfsync no'] });
  const launch = { size: servers, redisUrl: redis.url, dir: folder.path, program, moods };
  await using fleet = await startFleet({
    ...launch,
    env: environmentOf(settings),
    random: random.fork('fleet'),
  });
  using connection = observe(redis.url);
  const observer = connection.redis;
  const recorder = new Recorder(fleet);
  using expiries = watchExpiries(observer, keyPrefix);
  const faults = await play({ redis, fleet, recorder, observer });
  for (const server of fleet.servers) {
    server.current.tell({ type: 'disarm' });
    await server.settled();
  }
  const unfreedLeases = await untilQuiet(observer, keyPrefix, longestLeaseMs(settings));
  const left = await readStored(observer, keyPrefix);
  await repeatAll(recorder, left, servers);
  const stored = await readStored(observer, keyPrefix);
  const history = {
    calls: recorder.calls,
    faults,
    processes: await fleet.report(),
    immortalKeys: [...(await expiries.stop()), ...left.immortalKeys],
    unfreedLeases,
    settings,
  };
  return { history, stored, violations: checkHistory(history, stored) };
}

function observe(url: string): { readonly redis: Redis; [Symbol.dispose]: () => void } {
  // It also observes while Redis hangs, and must not wait for it.
  const redis = new Redis(url, { commandTimeout: 2_000, retryStrategy: () => 50 });
  redis.on('error', () => undefined);
  return { redis, [Symbol.dispose]: () => redis.disconnect() };
}

/** Extra time for a busy machine, in milliseconds. */
const slackMs = 30_000;

/** Longest duration of a call: waiting for its lease, running, and, if its server dies, the lease's remaining life. */
function longestLeaseMs({ turnWaitMaxMs, turnTimeoutMs, lockTtlMs }: SettingsUnderTest): number {
  return turnWaitMaxMs + turnTimeoutMs + lockTtlMs + slackMs;
}
