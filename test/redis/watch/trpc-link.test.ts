import { createTRPCClient, httpSubscriptionLink } from '@trpc/client';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import type { AppRouter } from '../../../client-sdk/src/router.ts';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import { survey } from '../contract/sample-workflows.ts';
import { startFront } from '../../support/proxy/front.ts';
import { freshPrefix } from '../../support/raw-redis.ts';
import { startTestServer } from '../../support/running-server.ts';
import { FetchEventSource } from './fetch-event-source.ts';

/** Two servers of the same conversations at one address, and tRPC's own client there. */
async function openBehindFront() {
  const agent = new ScriptedAgent();
  const env = { REDIS_PREFIX: freshPrefix().slice(0, 20) };
  const here = await startTestServer({ agent, definitions: [survey], env });
  const elsewhere = await startTestServer({ agent, definitions: [survey], env });
  const front = await startFront(here.url);
  const conversation = createTurnkeeperClient({ url: elsewhere.url }).conversation('survey');
  const say = (words: string) => {
    agent.willAnswer({ text: `You said ${words}.` });
    return conversation.turn(words, { turnId: words });
  };
  await say('one');
  const trpc = createTRPCClient<AppRouter>({
    links: [
      httpSubscriptionLink({
        url: `${front.url}/trpc`,
        transformer: superjson,
        EventSource: FetchEventSource,
      }),
    ],
  });
  return {
    ...{ here, elsewhere, front, conversation, say, trpc },
    [Symbol.asyncDispose]: async () => {
      await front[Symbol.asyncDispose]();
      await Promise.all([here.stop(), elsewhere.stop()]);
    },
  };
}

describe("tRPC's own httpSubscriptionLink", () => {
  it('shows every committed turn once, through a cut and a server that stops, until the conversation ends', async () => {
    await using test = await openBehindFront();
    const seen: string[] = [];
    const over = new Promise<void>((resolve, reject) => {
      test.trpc.workflow.watch.subscribe(
        { conversationId: test.conversation.id, after: 0 },
        {
          onData: ({ data }) => {
            if (data.type === 'turn.committed') seen.push(`${data.turn.number} ${data.turnId}`);
            if (data.type === 'conversation.ended') seen.push(data.type);
          },
          onComplete: resolve,
          onError: reject,
        },
      );
    });
    await expect.poll(() => seen).toHaveLength(1);
    test.front.cut();
    await test.say('two');
    await expect.poll(() => seen).toHaveLength(2);
    test.front.aim(test.elsewhere.url);
    await test.here.stop();
    await test.say('three');
    await expect.poll(() => seen).toHaveLength(3);
    await test.conversation.end({ outcome: 'cancelled' });
    await over;
    expect(seen).toEqual(['1 one', '2 two', '3 three', 'conversation.ended']);
  });

  it('is told why it can not watch, and does not come back for that', async () => {
    await using test = await openBehindFront();
    const failed = new Promise((resolve) => {
      test.trpc.workflow.watch.subscribe({ conversationId: 'none' }, { onError: resolve });
    });
    expect(await failed).toMatchObject({ data: { reason: 'WORKFLOW_NOT_FOUND', retryable: false } });
  });
});
