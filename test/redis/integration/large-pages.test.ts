import { describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { limits } from '../../../server/domain/limits.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { createTestCaller } from '../../../server/testing/index.ts';
import { survey, text } from '../contract/sample-workflows.ts';
import { startCountingProxy } from '../../support/proxy/counting-proxy.ts';
import { freshPrefix, rawRedis } from '../../support/raw-redis.ts';
import { query } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';

const conversationId = 'c';

/** Nearly the most that one turn may answer. */
const answer = Array.from({ length: 10 }, (_, index) => ({
  type: 'message',
  text: `${index}${'x'.repeat(95_000)}`,
}));

/** The stored size, with everything noted beside the messages. */
const largestTurnBytes = 1_100_000;

describe('a conversation of large turns (I11)', () => {
  it('is read in pages of a bounded size, each message once, and Redis reads no more either', async () => {
    await using proxy = await startCountingProxy(inject('redisUrl'));
    await using under = await createTestCaller({
      definitions: [survey],
      store: { redisUrl: proxy.url, prefix: freshPrefix() },
    });
    const { workflow } = under.caller;
    const turns = 12;
    for (let number = 1; number <= turns; number += 1) {
      // Every third turn is small.
      under.agent.willAnswer(number % 3 === 0 ? { text: 'small' } : { text: 'x'.repeat(60_000) });
      await workflow.turn({ conversationId, input: text(`say ${number}`) });
    }
    const seen: string[] = [];
    let before: string | undefined;
    let pages = 0;
    do {
      const asked: { messages: string[]; older: string | null } = { messages: [], older: null };
      const { replyBytes } = await proxy.count(async () => {
        const page = await workflow.get({
          conversationId,
          messages: { limit: 100, ...(before === undefined ? {} : { before }) },
        });
        asked.messages = page.messages.map(({ id }) => id);
        asked.older = page.olderBefore;
      });
      // The page, the last turn beside it, and the state.
      expect(replyBytes).toBeLessThan(limits.loadedTurnsBytes + 100_000);
      seen.unshift(...asked.messages);
      before = asked.older ?? undefined;
      pages += 1;
    } while (before !== undefined && pages < 50);
    expect(seen).toEqual(
      Array.from({ length: turns }, (_, index) => [`${index + 1}.0`, `${index + 1}.1`]).flat(),
    );
    expect(pages).toBeGreaterThan(1);
  });

  it('is read however large its turns are, ten times in one request, while others have their turns', async () => {
    await using proxy = await startCountingProxy(inject('redisUrl'));
    // This test measures the size of Redis's replies, not the time that a busy machine takes for them.
    const env = { REDIS_URL: proxy.url, REDIS_COMMAND_TIMEOUT_MS: '30000' };
    await using server = await startTestServer({ env });
    const turn = (conversation: string) =>
      fetch(`${server.url}/trpc/workflow.turn`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          json: {
            conversationId: conversation,
            workflowId: 'survey',
            input: { type: 'text', text: 'more' },
          },
        }),
      });
    server.agent.willAnswer(answer);
    const opened = await turn(conversationId);
    expect(opened.status).toBe(200);
    await opened.arrayBuffer();
    // Redis can't send a hundred such turns within one command's timeout.
    using raw = rawRedis(inject('redisUrl'));
    const identity = { tenant: 'local', user: 'local', conversationId };
    const { log } = new KeyBuilder(server.settings.redisPrefix).conversation(identity);
    await raw.redis.eval(repeatFirstTurn, 1, log, '100');
    const input = { conversationId, messages: { limit: 100 } };
    const single = await query(server.url, 'workflow.get', input);
    expect(single.status).toBe(200);
    const { messages, olderBefore } = page.parse(single.data);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.length).toBeLessThanOrEqual(100);
    expect(olderBefore).toBe('100.0');

    const batch = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [index, { json: input }]));
    const paths = Array.from({ length: 10 }, () => 'workflow.get').join(',');
    server.agent.willAnswer({ text: 'meanwhile' });
    const { replyBytes } = await proxy.count(async () => {
      const [answers, meanwhile] = await Promise.all([
        fetch(`${server.url}/trpc/${paths}?batch=1&input=${encodeURIComponent(JSON.stringify(batch))}`),
        turn('another'),
      ]);
      expect([answers.status, meanwhile.status]).toEqual([200, 200]);
      await answers.arrayBuffer();
      await meanwhile.arrayBuffer();
    });
    // One turn for each conversation, sent whatever its size, and the last turn if that is another.
    expect(replyBytes).toBeLessThan(10 * 2 * largestTurnBytes);
    expect(server.logLines.join('')).not.toContain('store.unreachable');
  });
});

/** Copies the log's first entry until there are this many. */
const repeatFirstTurn = `
  local fields = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1][2]
  local turn = fields[2]
  for number = 2, tonumber(ARGV[1]) do
    fields[2] = string.gsub(turn, '"turn":{"number":1', '"turn":{"number":' .. number)
    redis.call('XADD', KEYS[1], number .. '-0', unpack(fields))
  end`;

const page = z.object({ messages: z.array(z.unknown()), olderBefore: z.string().nullable() });
