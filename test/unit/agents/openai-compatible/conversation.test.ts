import { describe, expect, it } from 'vitest';
import { createOpenAiCompatibleAgent } from '../../../../server/agents/openai-compatible/openai-compatible-agent.ts';
import { systemClock } from '../../../../server/system-clock.ts';
import { createTestCaller } from '../../../../server/testing/create-test-caller.ts';
import { defineWorkflow } from '../../../../workflows/definition/define-workflow.ts';
import { z } from 'zod';
import { fails, refusingFormat, says, saysJson } from '../../../support/openai-server/replies.ts';
import { startOpenAiServer } from '../../../support/openai-server/openai-server.ts';

const visit = defineWorkflow({
  id: 'visit',
  version: 1,
  title: 'Visit',
  steps: [
    {
      id: 'who',
      title: 'Who comes',
      collects: z.object({ visitor: z.string(), guests: z.int().max(9).optional() }),
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

async function start() {
  const server = await startOpenAiServer();
  const agent = createOpenAiCompatibleAgent({
    ...{ baseUrl: server.baseUrl, apiKey: null, model: 'test-model', clock: systemClock },
    ...{ structuredOutput: 'auto', historyMaxTokens: 4_000 },
  });
  const test = await createTestCaller({ definitions: [visit], agent, clock: systemClock });
  let turns = 0;
  return {
    server,
    test,
    say: (text: string) => {
      turns += 1;
      const input = { type: 'text', text } as const;
      return test.caller.workflow.turn({ conversationId: 'c', turnId: `t${turns}`, input });
    },
    async [Symbol.asyncDispose]() {
      test.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const answer = { prompt: '', action: null, data: {}, clear: [], step: null, citations: [] };

describe('a conversation with a model', () => {
  it('is led to its end by its answers, with the earlier turns in each request', async () => {
    await using world = await start();
    world.server.reply(
      saysJson({ ...answer, prompt: 'Who comes?', action: 'ask', data: { visitor: null, guests: null } }),
      saysJson({ ...answer, prompt: 'All right?', action: 'confirm', data: { visitor: 'Ada', guests: 99 } }),
      saysJson({ ...answer, prompt: 'Done.', action: 'complete', data: { visitor: null, guests: null } }),
    );
    await world.say('Hello');
    const second = await world.say('Ada comes');
    expect(second.turn).toMatchObject({
      collected: { visitor: 'Ada' },
      parse: 'structured',
      step: { to: 'confirm' },
    });
    expect(second.turn.rejected.map(({ field }) => field)).toEqual(['guests']);
    expect(second.messages).toMatchObject([{ kind: 'text', text: 'All right?', format: 'markdown' }]);
    const third = await world.say('yes');
    expect(third.workflowState).toMatchObject({ status: 'completed', collected: { visitor: 'Ada' } });

    const chat = world.server.requests[2]?.body.messages ?? [];
    expect(chat.slice(1, -1)).toEqual([
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Who comes?' },
      { role: 'user', content: 'Ada comes' },
      { role: 'assistant', content: 'All right?' },
    ]);
    expect(chat.at(-1)?.content).toContain('visitor: "Ada"');
    expect(world.server.requests).toHaveLength(3);
  });

  it('goes the same way where the endpoint knows no structured output', async () => {
    await using world = await start();
    world.server.otherwise(refusingFormat(says('Noted.\n\n```json\n{"data":{"visitor":"Ada"}}\n```')));
    const { turn, messages } = await world.say('Ada comes');
    expect(turn.collected).toEqual({ visitor: 'Ada' });
    expect(messages).toMatchObject([{ text: 'Noted.' }]);
  });

  it('knows nothing of a turn that failed (I5), and that turn can be sent again', async () => {
    await using world = await start();
    world.server.reply(
      saysJson({ ...answer, prompt: 'Who comes?' }),
      fails(503, 'busy', { 'retry-after': '3' }),
    );
    await world.say('Hello');
    await expect(world.say('Mallory comes')).rejects.toMatchObject({
      cause: { reason: 'AGENT_FAILED', retryAfterMs: 3_000 },
    });
    await world.say('Ada comes');
    const chat = JSON.stringify(world.server.requests[2]?.body.messages);
    expect(chat).toContain('Who comes?');
    expect(chat).not.toContain('Mallory');
    expect(world.test.events.filter(({ type }) => type === 'agent.failed')).toMatchObject([
      { outcome: 'failed', cause: 'failed: the service answered HTTP 503' },
    ]);
  });
});
