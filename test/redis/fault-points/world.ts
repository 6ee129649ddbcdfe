import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { expect, vi } from 'vitest';
import type { ConversationKey } from '../../../server/domain/identity.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import type { ConversationKeys } from '../../../server/redis/scripts/conversation-keys.ts';
import { text } from '../contract/sample-workflows.ts';
import { post } from '../../support/post.ts';
import { freshPrefix, rawRedis } from '../../support/raw-redis.ts';
import { startReplyEatingProxy } from '../../support/proxy/reply-eating-proxy.ts';
import { readStoredLog } from '../../support/stored-log.ts';
import { roomMs } from '../../support/time.ts';
import { ArmedFaults } from './armed-faults.ts';
import { lockTtlMs, runFaultyServer } from './run-faulty-server.ts';

export type OnHeard = (conversation: string, topic: string) => void;
type Answer = Awaited<ReturnType<typeof post>>;
interface Server {
  readonly url: string;
}

const identity = { tenant: 'dev', user: 'somebody' };
const headers = { 'x-dev-tenant': identity.tenant, 'x-dev-user': identity.user };
/** A crashed server's lease expires; then a turn takes its own time. */
const withinMs = lockTtlMs + roomMs;
export const soon = { timeout: 30_000, interval: 20 };

/** Conversations in one Redis, faulty servers, and one server that keeps working. */
export async function openWorld(redisUrl: string, moreEnv: Readonly<Record<string, string>> = {}) {
  const prefix = freshPrefix().slice(0, 20);
  const raw = rawRedis(redisUrl);
  /** The turn ids that each agent conversation has heard. */
  const heard = new Map<string, string[]>();
  const onHeard: OnHeard = (conversation, topic) => {
    heard.set(conversation, [...(heard.get(conversation) ?? []), topic]);
  };
  const env = { REDIS_URL: redisUrl, REDIS_PREFIX: prefix, ...moreEnv };
  const other = await runFaultyServer({ env, faultPoints: new ArmedFaults(), name: 'other', onHeard });
  return {
    raw: raw.redis,
    heard,
    env,
    onHeard,
    other,
    /** Starts a faulty server in this process, with a proxy of its own. */
    startFaulty: async () => {
      const proxy = await startReplyEatingProxy(redisUrl);
      const faults = new ArmedFaults();
      const lines: string[] = [];
      const name = `faulty-${randomUUID()}`;
      const server = await runFaultyServer({
        env: { ...env, REDIS_URL: proxy.url },
        ...{ faultPoints: faults, name, onHeard },
        onLine: (line) => void lines.push(line),
      });
      const end = async (): Promise<void> => {
        await server.stop();
        await proxy[Symbol.asyncDispose]();
      };
      return { url: server.url, name, faults, proxy, lines, end, [Symbol.asyncDispose]: end };
    },
    conversation: (id: string) => {
      const key = { ...identity, conversationId: id };
      const keys = new KeyBuilder(prefix).conversation(key);
      const read = () => readConversation(raw.redis, keys, key);
      const input = { conversationId: id, whenBusy: 'wait' };
      return {
        id,
        keys,
        turn: ({ url }: Server, turnId: string, whenBusy = 'wait') => {
          const rest = { workflowId: 'survey', turnId, input: text(turnId), whenBusy };
          return post(url, 'workflow.turn', { ...input, ...rest }, headers);
        },
        end: ({ url }: Server, outcome = 'cancelled') =>
          post(url, 'workflow.end', { ...input, outcome }, headers),
        turnIds: async () => (await read()).turnIds,
        /** Expects these turns to have happened, in this order, once each, for every reader, whatever was faulted. */
        expectTurns: async (...turnIds: string[]): Promise<void> => {
          const stored = await read();
          expect(stored.turnIds).toEqual(turnIds);
          expect(stored.logIds).toEqual(turnIds.map((_, index) => `${index + 1}-0`));
          expect(stored.uses).toEqual(
            Object.fromEntries(turnIds.map((turnId, index) => [turnId, index + 1])),
          );
          expect(stored.turnCount).toBe(turnIds.length);
          for (const [key, life] of stored.lives) expect(life, key).not.toBe(-1);
          // The current agent conversation has heard no turn that did not happen, and none twice.
          const told = heard.get(stored.agentConversationId) ?? [];
          expect(told.length).toBeGreaterThan(0);
          expect(told).toEqual(turnIds.slice(-told.length));
        },
        /** Returns the turns that the stored state's agent conversation has heard. */
        toldToAgent: async () => heard.get((await read()).agentConversationId) ?? [],
      };
    },
    end: async () => {
      raw[Symbol.dispose]();
      await other.stop();
    },
  };
}

export type World = Awaited<ReturnType<typeof openWorld>>;
export type FaultyServer = Awaited<ReturnType<World['startFaulty']>>;

/** Repeats a call as its client does: it must succeed for good, soon after the faulty server's lease has expired. */
export async function settle(call: () => Promise<Answer>): Promise<Answer> {
  const began = performance.now();
  const settled = await vi.waitFor(async () => {
    const answer = await call();
    expect(answer.error?.data.retryable ?? false, JSON.stringify(answer.error)).toBe(false);
    return answer;
  }, soon);
  expect(performance.now() - began).toBeLessThan(withinMs);
  return settled;
}

async function readConversation(redis: Redis, keys: ConversationKeys, key: ConversationKey) {
  const { entries, records } = await readStoredLog(redis, keys.log, key);
  const state = JSON.parse((await redis.get(keys.state)) ?? '{}') as {
    turnCount: number;
    agentConversationId: string;
  };
  const uses = Object.entries(await redis.hgetall(keys.turns));
  const lives: [string, number][] = [];
  const { state: stateKey, log, turns, forgotten, holder, lock, waiting } = keys;
  for (const each of [stateKey, log, turns, forgotten, holder, lock, waiting])
    lives.push([each, await redis.pttl(each)]);
  return {
    logIds: entries.map(([id]) => id),
    turnIds: records.map(({ turnId }) => turnId),
    uses: Object.fromEntries(uses.map(([turnId, use]) => [turnId, Number.parseInt(use, 10)])),
    turnCount: state.turnCount,
    agentConversationId: state.agentConversationId,
    lives,
  };
}
