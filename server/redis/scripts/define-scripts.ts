import { readFileSync } from 'node:fs';
import type { Result } from 'ioredis';
import { storedFormat } from '../../domain/stored-conversation.ts';
import type { RedisConnection } from '../connection/open-redis.ts';

/** A Lua script, and how many of its arguments are keys. */
export interface Script {
  readonly text: string;
  readonly numberOfKeys: number;
}

/** The times of waiting for a lease, in milliseconds, which the scripts that hand it over take. */
export interface QueueTimes {
  /** The time for which a freed lease is kept for the notified caller, before others may have it. */
  readonly keptMs: number;
  /** The longest that anybody waits; an older ticket belongs to nobody any more. */
  readonly longestWaitMs: number;
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    acquireLock(keyCount: number, ...keysAndArguments: (string | number)[]): Result<unknown, Context>;
    extendLock(keyCount: number, ...keysAndArguments: (string | number)[]): Result<unknown, Context>;
    releaseLock(keyCount: number, ...keysAndArguments: (string | number)[]): Result<unknown, Context>;
    releaseAndHandOver(...keysAndArguments: string[]): Result<unknown, Context>;
    enqueue(...keysAndArguments: string[]): Result<unknown, Context>;
    leaveQueue(...keysAndArguments: string[]): Result<unknown, Context>;
    interruptHolder(...keysAndArguments: string[]): Result<unknown, Context>;
    stopHolder(...keysAndArguments: string[]): Result<unknown, Context>;
    leaseConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    leaseConversationEvenIfFull(...keysAndArguments: string[]): Result<unknown, Context>;
    readConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    readTurnsAfter(...keysAndArguments: string[]): Result<unknown, Context>;
    slideConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    commitConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    purgeConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    readListedState(...keysAndArguments: string[]): Result<unknown, Context>;
    touchConversationList(...keysAndArguments: string[]): Result<unknown, Context>;
    unlistConversations(...keysAndArguments: string[]): Result<unknown, Context>;
    probeWrites(...keysAndArguments: string[]): Result<unknown, Context>;
    countConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    forgetConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    measureConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    countStoredBytes(...keysAndArguments: string[]): Result<unknown, Context>;
    takePlace(...keysAndArguments: string[]): Result<unknown, Context>;
    admitTurn(...keysAndArguments: string[]): Result<unknown, Context>;
  }
}

/** Lua in Redis can't load a file, so a script that uses one of these functions gets their file in front. */
const sharedFunctions = [
  { text: readLua('hand-over'), uses: /\b(?:hand_over|clear_foreign_queue)\(/ },
  {
    text: `local stored_format = '${storedFormat}'\n${readLua('stored-conversation')}`,
    uses: /\b(?:stored_format|read\(|open_conversation\(|is_proven_\w+\(|log_of\(|turn_of\(|longest_head\b|forget_turn_ids\(|slide_or_not\(|take_lock\()/,
  },
  { text: readLua('stored-bytes'), uses: /\bsum_of_sizes\(/ },
  { text: readLua('take-lease'), uses: /\btake_lock\(/ },
];

/** The scripts that run on the Redis that holds the state, by the name of the command that each becomes. */
export const scripts = {
  releaseAndHandOver: read('release-and-hand-over-4'),
  enqueue: read('enqueue-4'),
  leaveQueue: read('leave-queue-4'),
  interruptHolder: read('interrupt-holder-5'),
  stopHolder: read('stop-holder-5'),
  leaseConversation: read('lease-conversation-6'),
  readConversation: read('read-conversation-5'),
  readTurnsAfter: read('read-turns-after-5'),
  slideConversation: read('slide-conversation-5'),
  commitConversation: read('commit-conversation-10'),
  purgeConversation: read('purge-conversation-10'),
  readListedState: read('read-listed-state-1'),
  touchConversationList: read('touch-conversation-list-1'),
  unlistConversations: read('unlist-conversations-1'),
  probeWrites: read('probe-writes-1'),
  countConversation: read('count-conversation-2'),
  forgetConversation: read('forget-conversation-2'),
  measureConversation: read('measure-conversation-4'),
  countStoredBytes: read('count-stored-bytes-4'),
  takePlace: read('take-place-2'),
  admitTurn: read('admit-turn-8'),
};

/** The scripts that redlock calls, by the names that it calls them by. */
export const lockScripts = {
  acquireLock: withSharedFunctions(readLua('acquire-lease')),
  extendLock: readLua('extend-lease'),
  releaseLock: readLua('release-lease'),
};

/**
 * Makes every script a command of the connection to the Redis that holds the state. ioredis sends the script's hash, and
 * its text where Redis does not know the hash (NOSCRIPT).
 */
export function defineScripts(redis: RedisConnection): void {
  defineLeaseScripts(redis);
  for (const [command, { text, numberOfKeys }] of Object.entries(scripts)) {
    redis.defineCommand(command, { lua: text, numberOfKeys });
  }
  // A purge makes room on a full Redis, so its lease must be granted there.
  const { text, numberOfKeys } = scripts.leaseConversation;
  redis.defineCommand('leaseConversationEvenIfFull', { lua: `#!lua flags=allow-oom\n${text}`, numberOfKeys });
}

/**
 * Makes commands of the scripts that a Redis needs to grant leases and nothing else: a master of the quorum. They take the
 * names that redlock calls. It defines its own scripts only where there are none; ours know their own token and stay in
 * the connection's database (docs/decisions/0008).
 */
export function defineLeaseScripts(redis: RedisConnection): void {
  // redlock passes the number of keys itself.
  for (const [command, lua] of Object.entries(lockScripts)) redis.defineCommand(command, { lua });
  const { text, numberOfKeys } = scripts.probeWrites;
  redis.defineCommand('probeWrites', { lua: text, numberOfKeys });
}

/** Reads a Lua file, whose name ends in the number of keys (`commit-conversation-10.lua`). */
export function readScript(file: URL): Script {
  const keyCount = /-(\d+)\.lua$/.exec(file.pathname)?.[1];
  if (keyCount === undefined)
    throw new Error(`${file.pathname}: a script's name must end in its number of keys`);
  return { text: withSharedFunctions(readFileSync(file, 'utf8')), numberOfKeys: Number(keyCount) };
}

function read(name: string): Script {
  return readScript(luaFile(name));
}

function withSharedFunctions(text: string): string {
  const used = sharedFunctions.filter(({ uses }) => uses.test(text));
  return [...used.map((shared) => shared.text), text].join('\n');
}

function readLua(name: string): string {
  return readFileSync(luaFile(name), 'utf8');
}

function luaFile(name: string): URL {
  return new URL(`./${name}.lua`, import.meta.url);
}
