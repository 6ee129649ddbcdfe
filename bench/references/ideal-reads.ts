/**
 * The references of what only reads: the plain commands that fetch as much as our `get`, `list` and replay do, in one
 * round trip on one ioredis connection, over conversations of the ideal store.
 */
import type { ChainableCommander } from 'ioredis';
import type { IdealStore } from './ideal-store.ts';

/** Turns whose messages fill the page that `get` reads when its caller names none: two messages a turn. */
const turnsOfAPage = 25;

/** Conversations on the page that `list` reads when its caller names none. */
const listedConversations = 20;

export async function idealGet(store: IdealStore, conversation: number): Promise<void> {
  const { state, log } = store.keysOf(conversation);
  await all(store.redis.pipeline().get(state).xrevrange(log, '+', '-', 'COUNT', turnsOfAPage));
}

export async function idealList(store: IdealStore): Promise<void> {
  const states = Array.from({ length: listedConversations }, (_, index) => store.keysOf(index).state);
  await all(states.reduce((pipeline, state) => pipeline.get(state), store.redis.pipeline()));
}

export async function idealReplay(store: IdealStore, conversation: number, turn: number): Promise<void> {
  const { state, log, turns } = store.keysOf(conversation);
  await all(
    store.redis.pipeline().get(state).hget(turns, `turn-${turn}`).xrange(log, `${turn}-0`, `${turn}-0`),
  );
}

async function all(pipeline: ChainableCommander): Promise<void> {
  for (const [error, value] of (await pipeline.exec()) ?? []) {
    if (error !== null) throw error;
    if (value === null) throw new Error('The ideal read found nothing.');
  }
}
