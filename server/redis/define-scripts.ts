import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/**
 * Makes a folder's Lua file callable as a command of the connection. The number of keys is in the file's name
 * (`commit-conversation-4.lua`). ioredis sends the hash, and the text where Redis does not know it (NOSCRIPT).
 */
export function defineScript(redis: Redis, command: string, file: URL): void {
  const keyCount = /-(\d+)\.lua$/.exec(file.pathname)?.[1];
  if (keyCount === undefined)
    throw new Error(`${file.pathname}: a script's name must end in its number of keys`);
  redis.defineCommand(command, { lua: readFileSync(file, 'utf8'), numberOfKeys: Number(keyCount) });
}
