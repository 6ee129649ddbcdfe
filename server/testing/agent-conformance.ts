/**
 * The tests that our own agents pass, for agents of anybody, under any runner: they check with Node's assertions, and
 * take `describe` and `it` from the caller, so the package needs no test framework.
 */
import assert from 'node:assert/strict';
import { activitySchema } from '../answer/activity.ts';
import type { AgentInput } from '../domain/briefing.ts';
import type { Agent } from '../orchestrator/ports/agent.ts';
import { answerOf, callOptions } from './agent-call.ts';
import { assertSpoken, requestWith, withWorld, words } from './agent-under-test.ts';
import type { AgentUnderTest, TestRunner } from './agent-under-test.ts';

const inputs: readonly AgentInput[] = [
  { type: 'text', text: words },
  { type: 'open' },
  {
    type: 'cardAction',
    cardId: 'card-1.1',
    data: { visitor: 'Ada' },
    action: { type: 'Action.Submit', name: null },
  },
];

/**
 * Declares the tests that every agent passes, whatever service it uses: it answers each kind of input, many at once, and
 * sends nothing after an abort or before its answer is read.
 * @param start starts the agent for one test, with every test's own state
 * @example
 * ```ts
 * import { describe, it } from 'vitest'; // or from 'node:test'
 * import { describeAgentConformance } from 'turnkeeper/testing';
 *
 * describeAgentConformance('the clerk', async () => ({ agent: createClerk() }), { describe, it });
 * ```
 */
export function describeAgentConformance(
  name: string,
  start: () => Promise<AgentUnderTest>,
  { describe, it }: TestRunner,
): void {
  const test = (title: string, run: (world: AgentUnderTest) => Promise<void>): void =>
    void it(title, () => withWorld(start, run));

  describe(`${name}: answering`, () => {
    test('opens conversations under ids that can be stored', async ({ agent }) => {
      const ids = [await agent.open(callOptions()), await agent.open(callOptions())];
      for (const id of ids) assert.match(id, /^[\x21-\x7e]{1,200}$/);
    });

    for (const input of inputs) {
      test(`answers ${input.type} with words`, async ({ agent }) => {
        const { activities } = await ask(agent, input);
        assertSpoken(activities);
        for (const activity of activities) activitySchema.parse(activity);
      });
    }

    test('yields JSON that does not change after it was yielded', async ({ agent }) => {
      const { activities } = await ask(agent, { type: 'text', text: words });
      const text = JSON.stringify(activities);
      assert.deepEqual(JSON.parse(text), activities);
      await ask(agent, { type: 'text', text: 'and another' });
      assert.equal(JSON.stringify(activities), text);
    });

    test('goes on in the same conversation', async ({ agent }) => {
      const agentConversationId = await agent.open(callOptions());
      for (const text of ['first', 'second', 'third']) {
        const request = requestWith({ type: 'text', text }, agentConversationId);
        const { activities, end } = await answerOf(agent, request);
        assertSpoken(activities);
        assert.equal(end?.agentConversationId ?? agentConversationId, agentConversationId);
      }
    });

    test('answers many at once, each for itself', async ({ agent, backend }) => {
      const texts = Array.from({ length: 12 }, (_, index) => `I am number ${index + 10}`);
      const answers = await Promise.all(texts.map((text) => ask(agent, { type: 'text', text })));
      for (const { activities } of answers) assertSpoken(activities);
      if (backend === undefined) return;
      for (const text of texts) {
        const times: number = backend.heard().filter((heard) => heard.includes(text)).length;
        assert.equal(times, 1, `the service got ${JSON.stringify(text)} ${times} times`);
      }
    });
  });

  describe(`${name}: stopping`, () => {
    test('sends nothing once the turn is aborted', async ({ agent, backend }) => {
      const agentConversationId = await agent.open(callOptions());
      const heard = backend?.heard().length;
      const options = callOptions({ signal: AbortSignal.abort(new Error('the lease is lost')) });
      await assert.rejects(async () => agent.open(options));
      const request = requestWith({ type: 'open' }, agentConversationId);
      await assert.rejects(answerOf(agent, request, options));
      assert.equal(backend?.heard().length, heard);
    });

    test('sends nothing before the answer is read', async ({ agent, backend }) => {
      const agentConversationId = await agent.open(callOptions());
      const heard = backend?.heard().length;
      const request = requestWith({ type: 'open' }, agentConversationId);
      const answer = agent.send(request, callOptions())[Symbol.asyncIterator]();
      await answer.return?.();
      assert.equal(backend?.heard().length, heard);
    });
  });
}

async function ask(agent: Agent, input: AgentInput) {
  return answerOf(agent, requestWith(input, await agent.open(callOptions())));
}
