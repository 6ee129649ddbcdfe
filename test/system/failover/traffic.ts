import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import type { ConversationResult } from '../../../client-sdk/src/index.ts';
import { text } from '../../redis/contract/sample-workflows.ts';
import type { Agent } from '../../../server/testing/index.ts';
import { post } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';
import { quickestOf, roomMs } from '../../support/time.ts';

/** A result that a client received and now relies on. */
interface Acknowledged {
  readonly conversationId: string;
  readonly words: string;
  readonly number: number;
  readonly reply: string;
  /** The times at which the turn was sent first, and was acknowledged. */
  readonly sentAt: number;
  readonly at: number;
}

interface TrafficOptions {
  readonly conversations: readonly string[];
  /** The server's environment. */
  readonly env: Readonly<Record<string, string>>;
}

const commandTimeoutMs = 300;
/**
 * A call to a Redis that hangs fails within little more than twice the command timeout (docs/architecture.md, What
 * happens when). The rest is for a Cluster's commands, which ioredis retries, on a machine that starts processes at the
 * same time.
 */
export const longestRefusalMs = 2 * commandTimeoutMs + roomMs;

/**
 * A caller that is not notified finds out after twice the command timeout: a queue of six such callers takes twice
 * that.
 */
export const longestQueueMs = 5 * commandTimeoutMs;

const agentMs = 10;
const pauseMs = 40;
const mostMessages = 100;

/** Never replies the same twice: a turn that happens twice, or is lost and happens again, gets another reply. */
const unrepeatable: Agent = {
  name: 'unrepeatable',
  open: () => Promise.resolve('conversation'),
  async *send() {
    await setTimeout(agentMs);
    yield { type: 'message', text: randomUUID() };
  },
};

/**
 * Two servers, and a client for each conversation that sends one turn after the other, to either server, with the same
 * turn id until it has that turn's outcome. Use with `await using`.
 */
export async function startTraffic({ conversations, env }: TrafficOptions) {
  const prefix = `failover-${randomUUID().slice(0, 8)}`;
  const server = () =>
    startTestServer({
      agent: unrepeatable,
      env: {
        REDIS_COMMAND_TIMEOUT_MS: String(commandTimeoutMs),
        LOCK_TTL_MS: '2000',
        ...env,
        REDIS_PREFIX: prefix,
      },
    });
  const servers = await Promise.all([server(), server()]);
  const acknowledged: Acknowledged[] = [];
  const refusalsMs: number[] = [];
  let isEnding = false;

  const settle = async (conversationId: string, words: string): Promise<Acknowledged> => {
    const turn = { conversationId, workflowId: 'survey', turnId: randomUUID(), input: text(words) };
    const sentAt = performance.now();
    for (let tried = 0; ; tried += 1) {
      const triedAt = performance.now();
      const server = servers[tried % 2 === 0 ? 0 : 1];
      const answer = await post(server.url, 'workflow.turn', turn);
      const at = performance.now();
      if (answer.error === null) {
        const { turn: told, messages } = answer.data as {
          turn: { number: number };
          messages: { text: string }[];
        };
        return { conversationId, words, number: told.number, reply: messages[0]?.text ?? '', sentAt, at };
      }
      expect(answer.error.data.retryable, JSON.stringify(answer.error)).toBe(true);
      refusalsMs.push(at - triedAt);
      await setTimeout(pauseMs);
    }
  };
  const talk = async (conversationId: string): Promise<void> => {
    for (let said = 1; !isEnding; said += 1) {
      acknowledged.push(await settle(conversationId, `${conversationId} says ${said}`));
    }
  };
  const talking = Promise.all(conversations.map(talk));
  // The code that waits for it below reports the failure.
  talking.catch(() => undefined);

  const sendAtOnce = () =>
    Array.from({ length: 6 }, (_, index) =>
      post(servers[index % 2 === 0 ? 0 : 1].url, 'workflow.turn', {
        conversationId: 'queued',
        workflowId: 'survey',
        turnId: randomUUID(),
        input: text('one after the other'),
        whenBusy: 'wait',
      }),
    );

  return {
    acknowledged,
    /** The duration of each call that was refused for now. */
    refusalsMs,
    prefix,
    /** Resolves once every conversation has so many turns that were sent and acknowledged after a moment. */
    goesOn: async (since: number, turns = 5): Promise<void> => {
      const enough = (): boolean =>
        conversations.every(
          (id) =>
            acknowledged.filter((one) => one.conversationId === id && one.sentAt > since).length >= turns,
        );
      while (!enough()) await Promise.race([talking, setTimeout(pauseMs)]);
    },
    /** Waits until every client has the outcome of its last turn. */
    end: async (): Promise<void> => {
      isEnding = true;
      await talking;
    },
    /**
     * The total time of one conversation's turns that wait for each other on both servers: the quickest of several
     * queues. The subscriptions come back after the connections for commands; until then a call that waits is refused.
     */
    queueMs: (): Promise<number> =>
      quickestOf(async () => {
        let statuses: number[];
        do {
          statuses = await Promise.all(sendAtOnce().map(async (turn) => (await turn).status));
          expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
        } while (statuses.includes(503));
      }, longestQueueMs),
    /** The whole stored conversation, as a client reads it. */
    transcript: (conversationId: string) => readTranscript(servers[0].url, conversationId),
    [Symbol.asyncDispose]: async () => {
      isEnding = true;
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

async function readTranscript(url: string, conversationId: string) {
  const conversation = createTurnkeeperClient({ url }).resume(conversationId);
  const turns = new Map<number, { words: string; reply: string }>();
  let older: { before?: string } | null = {};
  while (older !== null) {
    const page: ConversationResult = await conversation.get({ messages: { limit: mostMessages, ...older } });
    for (const { turn, role, text: said = '' } of page.messages) {
      const known = turns.get(turn) ?? { words: '', reply: '' };
      turns.set(turn, role === 'user' ? { ...known, words: said } : { ...known, reply: said });
    }
    older = page.olderBefore === null ? null : { before: page.olderBefore };
  }
  return [...turns].sort(([one], [other]) => one - other).map(([number, turn]) => ({ number, ...turn }));
}
