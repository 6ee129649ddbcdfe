import { readFileSync } from 'node:fs';
import type { RedisConnection } from './redis-connection.ts';

/** A Lua script, and how many of its arguments are keys. */
export interface Script {
  readonly text: string;
  readonly numberOfKeys: number;
}

const handOver = readFileSync(new URL('./scripts/hand-over.lua', import.meta.url), 'utf8');

/**
 * Reads a Lua file, whose name ends in the number of keys (`commit-conversation-9.lua`). A script that calls the function
 * which several share gets it in front: Lua in Redis can't load a file.
 */
export function readScript(file: URL): Script {
  const keyCount = /-(\d+)\.lua$/.exec(file.pathname)?.[1];
  if (keyCount === undefined)
    throw new Error(`${file.pathname}: a script's name must end in its number of keys`);
  const text = readFileSync(file, 'utf8');
  return {
    text: text.includes('hand_over(') ? `${handOver}\n${text}` : text,
    numberOfKeys: Number(keyCount),
  };
}

/**
 * Makes a script callable as a command of the connection. ioredis sends the hash, and the text where Redis does not know
 * it (NOSCRIPT).
 */
export function defineScript(redis: RedisConnection, command: string, { text, numberOfKeys }: Script): void {
  redis.defineCommand(command, { lua: text, numberOfKeys });
}
