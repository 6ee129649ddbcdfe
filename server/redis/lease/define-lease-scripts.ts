import { readFileSync } from 'node:fs';
import type { Result } from 'ioredis';
import { defineScript, readScript } from '../define-scripts.ts';
import type { RedisConnection } from '../connection/redis-connection.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    acquireLock(keyCount: number, ...keysAndArguments: (string | number)[]): Result<unknown, Context>;
    acquireLockEvenIfFull(
      keyCount: number,
      ...keysAndArguments: (string | number)[]
    ): Result<unknown, Context>;
    extendLock(keyCount: number, ...keysAndArguments: (string | number)[]): Result<unknown, Context>;
    releaseLock(keyCount: number, ...keysAndArguments: (string | number)[]): Result<unknown, Context>;
    releaseAndHandOver(...keysAndArguments: string[]): Result<unknown, Context>;
    enqueue(...keysAndArguments: string[]): Result<unknown, Context>;
    leaveQueue(...keysAndArguments: string[]): Result<unknown, Context>;
    interruptHolder(...keysAndArguments: string[]): Result<unknown, Context>;
  }
}

/**
 * Gives the connection our own scripts under the names that redlock calls. It defines its own only where there are
 * none; ours know their own token and keep to the connection's database (see docs/decisions).
 */
export function defineLockScripts(redis: RedisConnection): void {
  const scripts = { acquireLock: 'acquire-lease', extendLock: 'extend-lease', releaseLock: 'release-lease' };
  for (const [command, name] of Object.entries(scripts)) {
    // redlock passes the number of keys itself.
    redis.defineCommand(command, { lua: readFileSync(script(name), 'utf8') });
  }
  // For what makes room on a Redis that is full. redlock does not know it.
  const evenIfFull = `#!lua flags=allow-oom\n${readFileSync(script('acquire-lease'), 'utf8')}`;
  redis.defineCommand('acquireLockEvenIfFull', { lua: evenIfFull });
}

/** What goes with a lease on the Redis that holds the state: the line for it, and its interruption. */
export function defineLineScripts(redis: RedisConnection): void {
  defineScript(redis, 'releaseAndHandOver', readScript(script('release-and-hand-over-4')));
  defineScript(redis, 'enqueue', readScript(script('enqueue-4')));
  defineScript(redis, 'leaveQueue', readScript(script('leave-queue-4')));
  defineScript(redis, 'interruptHolder', readScript(script('interrupt-holder-5')));
}

function script(name: string): URL {
  return new URL(`../scripts/${name}.lua`, import.meta.url);
}
