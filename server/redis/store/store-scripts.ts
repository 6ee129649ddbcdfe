import type { Result } from 'ioredis';
import { defineScript, readScript } from '../define-scripts.ts';
import type { Script } from '../define-scripts.ts';
import type { RedisConnection } from '../connection/redis-connection.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    loadConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    readConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    readTurnsAfter(...keysAndArguments: string[]): Result<unknown, Context>;
    slideConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    readListedState(...keysAndArguments: string[]): Result<unknown, Context>;
    commitConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    purgeConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    touchConversationList(...keysAndArguments: string[]): Result<unknown, Context>;
    unlistConversations(...keysAndArguments: string[]): Result<unknown, Context>;
  }
}

/** The store's scripts, by the name of the command that each becomes. */
export const storeScripts = {
  loadConversation: read('load-conversation-5'),
  readConversation: read('read-conversation-4'),
  readTurnsAfter: read('read-turns-after-4'),
  slideConversation: read('slide-conversation-4'),
  readListedState: read('read-listed-state-1'),
  commitConversation: read('commit-conversation-9'),
  purgeConversation: read('purge-conversation-9'),
  touchConversationList: read('touch-conversation-list-1'),
  unlistConversations: read('unlist-conversations-1'),
};

/** Makes the store's scripts commands of the connection. */
export function defineStoreScripts(redis: RedisConnection): void {
  for (const [command, script] of Object.entries(storeScripts)) defineScript(redis, command, script);
}

function read(name: string): Script {
  return readScript(new URL(`../scripts/${name}.lua`, import.meta.url));
}
