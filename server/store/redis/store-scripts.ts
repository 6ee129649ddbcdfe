import type { Redis, Result } from 'ioredis';
import { defineScript } from '../../redis/define-scripts.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    loadConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    readConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    commitConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    purgeConversation(...keysAndArguments: string[]): Result<unknown, Context>;
    touchConversationList(...keysAndArguments: string[]): Result<unknown, Context>;
    unlistConversations(...keysAndArguments: string[]): Result<unknown, Context>;
  }
}

/** Makes the store's scripts commands of the connection. */
export function defineStoreScripts(redis: Redis): void {
  defineScript(redis, 'loadConversation', script('load-conversation-4'));
  defineScript(redis, 'readConversation', script('read-conversation-3'));
  defineScript(redis, 'commitConversation', script('commit-conversation-4'));
  defineScript(redis, 'purgeConversation', script('purge-conversation-4'));
  defineScript(redis, 'touchConversationList', script('touch-conversation-list-1'));
  defineScript(redis, 'unlistConversations', script('unlist-conversations-1'));
}

function script(name: string): URL {
  return new URL(`./scripts/${name}.lua`, import.meta.url);
}
