import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/**
 * Gives the connection our own scripts under the names that redlock calls. It defines its own only where there are
 * none; ours know their own token and keep to the connection's database (see docs/decisions).
 */
export function defineLeaseScripts(redis: Redis): void {
  const scripts = { acquireLock: 'acquire-lease', extendLock: 'extend-lease', releaseLock: 'release-lease' };
  for (const [command, name] of Object.entries(scripts)) {
    // redlock passes the number of keys itself.
    redis.defineCommand(command, {
      lua: readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8'),
    });
  }
}
