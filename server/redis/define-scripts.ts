import { readFileSync } from 'node:fs';
import { storedFormat } from '../domain/stored-conversation.ts';
import type { RedisConnection } from './connection/redis-connection.ts';

/** A Lua script, and how many of its arguments are keys. */
export interface Script {
  readonly text: string;
  readonly numberOfKeys: number;
}

/** Functions that several scripts share: a script that uses one of them gets the file in front. Lua in Redis can't load one. */
const shared = [
  { text: readShared('hand-over'), uses: /\b(?:hand_over|clear_foreign_line)\(/ },
  {
    text: `local stored_format = '${storedFormat}'\n${readShared('stored-conversation')}`,
    uses: /\b(?:stored_format|read\(|has_foreign_type\(|is_proven_\w+\(|turn_of\(|slide_or_not\()/,
  },
];

/** Reads a Lua file, whose name ends in the number of keys (`commit-conversation-9.lua`). */
export function readScript(file: URL): Script {
  const keyCount = /-(\d+)\.lua$/.exec(file.pathname)?.[1];
  if (keyCount === undefined)
    throw new Error(`${file.pathname}: a script's name must end in its number of keys`);
  return { text: withShared(readFileSync(file, 'utf8')), numberOfKeys: Number(keyCount) };
}

function withShared(text: string): string {
  return [...shared.filter(({ uses }) => uses.test(text)).map((functions) => functions.text), text].join(
    '\n',
  );
}

function readShared(name: string): string {
  return readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
}

/**
 * Makes a script callable as a command of the connection. ioredis sends the hash, and the text where Redis does not know
 * it (NOSCRIPT).
 */
export function defineScript(redis: RedisConnection, command: string, { text, numberOfKeys }: Script): void {
  redis.defineCommand(command, { lua: text, numberOfKeys });
}
