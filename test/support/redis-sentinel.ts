import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findRedisBinary } from '../../server/embedded-redis/start-redis-server.ts';
import { freePort } from '../../server/embedded-redis/free-port.ts';
import { endWithUs } from './end-with-us.ts';
import { rawRedis } from './raw-redis.ts';
import type { Security } from './redis-tls.ts';
import { startReplicatedRedis } from './replicated-redis.ts';
import { until } from './until.ts';

const primaryName = 'turnkeeper';

interface SentinelOptions {
  /** @default none: neither TLS nor an ACL user */
  readonly security?: Security;
}

/** Silence, in milliseconds, after which a sentinel considers the primary down. */
const downAfterMs = 1_000;

/** Starts a primary, a replica, and three sentinels that monitor them; use with `await using`. */
export async function startRedisSentinel({ security }: SentinelOptions = {}) {
  const { password, primary, replica, ...pair } = await startReplicatedRedis(security);
  const sentinelPassword = randomBytes(16).toString('hex');
  const watched = { primaryPort: primary.servicePort, password, sentinelPassword, security };
  const sentinels = await Promise.all(Array.from({ length: 3 }, () => startSentinel(watched)));
  const stop = async (): Promise<void> => {
    await Promise.all(sentinels.map(({ stop }) => stop()));
    await pair[Symbol.asyncDispose]();
  };
  /** Resolves once the replica has become the primary. */
  const promoted = async (): Promise<void> => {
    using client = rawRedis(replica.url);
    await until(async () => (await client.redis.info('replication')).includes('role:master'));
  };
  try {
    await until(async () => (await Promise.all(sentinels.map(({ seesAll }) => seesAll()))).every(Boolean));
  } catch (error) {
    await stop();
    throw error;
  }
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
  return {
    /** The environment of a server that uses it. */
    env: {
      REDIS_URL:
        security === undefined
          ? `redis+sentinel://:${password}@${hosts}/${primaryName}`
          : `rediss+sentinel://${security.userInfo}@${hosts}/${primaryName}`,
      REDIS_SENTINEL_PASSWORD: sentinelPassword,
      ...security?.env,
    },
    primary,
    replica,
    sentinels,
    /** Promotes the replica, as for maintenance. */
    failOver: async (): Promise<void> => {
      await sentinels[0]?.failOver();
      await promoted();
    },
    promoted,
    [Symbol.asyncDispose]: stop,
  };
}

interface SentinelProcess {
  readonly primaryPort: number;
  readonly password: string;
  readonly sentinelPassword: string;
  readonly security: Security | undefined;
}

async function startSentinel({ primaryPort, password, sentinelPassword, security }: SentinelProcess) {
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-sentinel-'));
  const secure = await security?.listen();
  const port = secure?.port ?? (await freePort());
  const file = join(dir, 'sentinel.conf');
  const lines = [
    'bind 127.0.0.1',
    ...(secure === undefined ? [`port ${port}`] : ['port 0', ...secure.config]),
    `dir ${dir}`,
    `requirepass ${sentinelPassword}`,
    `sentinel sentinel-pass ${sentinelPassword}`,
    `sentinel monitor ${primaryName} 127.0.0.1 ${primaryPort} 2`,
    `sentinel auth-pass ${primaryName} ${password}`,
    `sentinel down-after-milliseconds ${primaryName} ${downAfterMs}`,
    `sentinel failover-timeout ${primaryName} ${5 * downAfterMs}`,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  // A sentinel rewrites its configuration, so each needs its own file.
  const child = spawn(findRedisBinary(), [file, '--sentinel'], { stdio: 'ignore' });
  const letGo = child.pid === undefined ? () => undefined : endWithUs(child.pid);
  const client = new Redis({
    port,
    host: '127.0.0.1',
    password: sentinelPassword,
    retryStrategy: () => 50,
    ...(security !== undefined && { tls: security.tls }),
  });
  client.on('error', () => undefined);
  return {
    port,
    /** Returns whether this sentinel knows the replica and both other sentinels. */
    seesAll: async (): Promise<boolean> => {
      const fields = (await client.call('SENTINEL', 'MASTER', primaryName)) as string[];
      const valueOf = (name: string): string | undefined => fields[fields.indexOf(name) + 1];
      return valueOf('num-slaves') === '1' && valueOf('num-other-sentinels') === '2';
    },
    failOver: () => client.call('SENTINEL', 'FAILOVER', primaryName),
    stop: async (): Promise<void> => {
      client.disconnect();
      letGo();
      const exited = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}
