import { setTimeout } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { saysReplica } from './describe-redis-error.ts';
import { openServer } from './open-redis.ts';
import type { StandaloneTarget } from './redis-target.ts';

interface SuccessorOptions {
  readonly target: StandaloneTarget;
  readonly commandTimeoutMs: number;
  /** Told when the connection goes to another server. */
  readonly onMoved: () => void;
}

/** What INFO says of a server. */
interface Server {
  readonly runId: string | undefined;
  readonly isPrimary: boolean;
}

const pauseMs = 500;

/**
 * Follows a failover behind one address. A server that was demoted keeps its connections and refuses writes (READONLY) for as
 * long as they stay open; new ones would go to the server that was promoted. So once writes are refused, a second
 * connection looks who is at the address, until that is another primary, or the server at hand is a primary again.
 */
export function followSuccessor(redis: Redis, options: SuccessorOptions): void {
  let isLooking = false;
  // ioredis asks this of every error that Redis answers; the connection is given up only once there is a better one.
  redis.options.reconnectOnError = (error) => {
    if (!isLooking && saysReplica(error)) {
      isLooking = true;
      void lookForPrimary(redis, options).finally(() => {
        isLooking = false;
      });
    }
    return false;
  };
}

async function lookForPrimary(redis: Redis, options: SuccessorOptions): Promise<void> {
  // A connection that is closed meanwhile goes to who is at the address by itself.
  while (redis.status === 'ready') {
    const found = await compare(redis, options).catch(() => 'nobody' as const);
    if (found === 'successor') {
      redis.disconnect(true);
      options.onMoved();
    }
    if (found !== 'nobody') return;
    await setTimeout(pauseMs, undefined, { ref: false });
  }
}

async function compare(
  redis: Redis,
  { target, commandTimeoutMs }: SuccessorOptions,
): Promise<'successor' | 'same' | 'nobody'> {
  const visitor = openServer(target, commandTimeoutMs, { lazyConnect: true, retryStrategy: () => null });
  visitor.on('error', () => undefined);
  try {
    await visitor.connect();
    const [here, there] = await Promise.all([describe(redis), describe(visitor)]);
    if (here.isPrimary) return 'same';
    return there.isPrimary && there.runId !== here.runId ? 'successor' : 'nobody';
  } finally {
    visitor.disconnect();
  }
}

async function describe(redis: Redis): Promise<Server> {
  const info = await redis.info();
  const [, runId] = /^run_id:(\w+)/m.exec(info) ?? [];
  return { runId, isPrimary: /^role:master/m.test(info) };
}
