import { setTimeout } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { openServer } from './open-redis.ts';
import { saysReplica } from './redis-errors.ts';
import type { StandaloneTarget } from './redis-target.ts';

interface SuccessorOptions {
  readonly target: StandaloneTarget;
  readonly commandTimeoutMs: number;
  /** Called when the connection goes to another server. */
  readonly onMoved: () => void;
}

/** A server as its INFO describes it. */
interface Server {
  readonly runId: string | undefined;
  readonly isPrimary: boolean;
}

const pauseMs = 500;

/**
 * Follows a failover behind one address. A demoted server keeps its connections and refuses writes (READONLY) for as long as
 * they stay open; new connections would go to the promoted server. So once writes are refused, a second connection looks
 * which server is at the address, until that is another primary, or the connected server is a primary again.
 */
export function followSuccessor(redis: Redis, options: SuccessorOptions): void {
  let isLooking = false;
  // ioredis calls this with every error reply. The connection is given up only once there is a better one.
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
  // A connection that closes meanwhile connects to the server at the address by itself.
  while (redis.status === 'ready') {
    const found = await compare(redis, options).catch(() => 'none' as const);
    if (found === 'successor') {
      redis.disconnect(true);
      options.onMoved();
    }
    if (found !== 'none') return;
    await setTimeout(pauseMs, undefined, { ref: false });
  }
}

async function compare(
  redis: Redis,
  { target, commandTimeoutMs }: SuccessorOptions,
): Promise<'successor' | 'same' | 'none'> {
  const visitor = openServer(target, commandTimeoutMs, { lazyConnect: true, retryStrategy: () => null });
  visitor.on('error', () => undefined);
  try {
    await visitor.connect();
    const [here, there] = await Promise.all([identify(redis), identify(visitor)]);
    if (here.isPrimary) return 'same';
    return there.isPrimary && there.runId !== here.runId ? 'successor' : 'none';
  } finally {
    visitor.disconnect();
  }
}

async function identify(redis: Redis): Promise<Server> {
  const info = await redis.info();
  const [, runId] = /^run_id:(\w+)/m.exec(info) ?? [];
  return { runId, isPrimary: /^role:master/m.test(info) };
}
