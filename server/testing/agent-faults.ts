import assert from 'node:assert/strict';
import { AgentFailure } from '../answer/agent-failure.ts';
import type { AgentFailureOutcome } from '../answer/agent-failure.ts';
import { answerOf, callOptions } from './agent-call.ts';
import { assertSpoken, requestWith, withWorld, words } from './agent-under-test.ts';
import type { AgentBackend, AgentFault, AgentUnderTest, TestRunner } from './agent-under-test.ts';

type AgentWithBackend = AgentUnderTest & { readonly backend: AgentBackend };
type SettledFault = Exclude<AgentFault, 'falls silent' | 'never begins'>;

const outcomes: readonly (readonly [SettledFault, AgentFailureOutcome])[] = [
  ['turns it away', 'refused'],
  ['is busy', 'refused'],
  ['breaks down', 'failed'],
  ['breaks off', 'ambiguous'],
  ['says nothing', 'empty'],
];

/** The time in which an aborted call has to settle, in milliseconds: long, so that no busy machine fails. */
const settlesWithinMs = 10_000;

/**
 * Declares the other tests, for an agent whose service can fail on demand: each failure has its outcome, no message is
 * sent twice, and an abort leaves the service at once.
 * @param start starts the agent and its service for one test
 * @example
 * ```ts
 * const start = async () => {
 *   const desk = await startFakeDesk();
 *   return { agent: createClerk(desk.url), backend: desk.backend, stop: () => desk.stop() };
 * };
 * describeAgentConformance('the clerk', start, { describe, it });
 * describeAgentFaults('the clerk', start, { describe, it });
 * ```
 */
export function describeAgentFaults(
  name: string,
  start: () => Promise<AgentWithBackend>,
  { describe, it }: TestRunner,
): void {
  const test = (title: string, run: (world: FaultyWorld) => Promise<void>, fault?: AgentFault): void =>
    void it(title, () => withWorld(start, async (world) => run(await prepare(world, fault))));

  describe(`${name}: what becomes of a message`, () => {
    test("carries the person's words, whole, once", async ({ agent, request, newlyHeard }) => {
      await answerOf(agent, request);
      const [heard = '', ...more] = newlyHeard();
      assert.deepEqual(more, []);
      assert(heard.includes(words), `the service got other words: ${heard}`);
    });

    for (const [fault, outcome] of outcomes) {
      const fails = async ({ agent, request, newlyHeard }: FaultyWorld): Promise<void> => {
        const failure = await answerOf(agent, request).then(
          () => assert.fail('the call did not fail'),
          (error: unknown) => error,
        );
        assert(failure instanceof AgentFailure, `it threw no AgentFailure, but ${String(failure)}`);
        assert.equal(failure.outcome, outcome);
        assert(!String(failure).includes('Ada'), "the failure's words quote the person");
        if (fault === 'is busy') assert.equal(failure.retryAfterMs, 2_000);
        assert(newlyHeard().length <= 1, 'the message was sent again');
      };
      test(`where it ${fault}, the failure is ${outcome}`, fails, fault);

      const goesOn = async ({ agent, request, newlyHeard }: FaultyWorld): Promise<void> => {
        await answerOf(agent, request).catch(() => undefined);
        const heard = newlyHeard().length;
        assert(heard <= 1, 'the message was sent again');
        const { activities } = await answerOf(agent, request);
        assertSpoken(activities);
        assert.equal(newlyHeard().length, heard + 1);
      };
      test(`where it ${fault}, it is not sent again, and the next one is answered`, goesOn, fault);
    }
  });

  describe(`${name}: an abort`, () => {
    for (const fault of ['never begins', 'falls silent'] as const) {
      const settles = async ({ agent, backend, request, newlyHeard }: FaultyWorld): Promise<void> => {
        const turn = new AbortController();
        const settled = answerOf(agent, request, callOptions({ signal: turn.signal })).catch(
          (error: unknown) => error,
        );
        await backend.hasMessage();
        turn.abort(new Error('the lease is lost'));
        assert((await inTime(settled)) instanceof Error, 'the call did not fail');
        await backend.isLeft();
        assert.equal(newlyHeard().length, 1);
      };
      test(`settles the call at once and leaves the service, where it ${fault}`, settles, fault);
    }

    const leaves = async ({ agent, backend, request, newlyHeard }: FaultyWorld): Promise<void> => {
      const answer = agent.send(request, callOptions())[Symbol.asyncIterator]();
      assert.notEqual((await answer.next()).done, true);
      await answer.return?.();
      await backend.isLeft();
      assert.equal(newlyHeard().length, 1);
    };
    test('leaves the service as well where nobody reads on', leaves, 'falls silent');
  });
}

/** An agent in an open conversation, whose service meets the next message with the fault. */
async function prepare({ agent, backend }: AgentWithBackend, fault?: AgentFault) {
  const agentConversationId = await agent.open(callOptions());
  if (fault !== undefined) backend.failNextWith(fault);
  const before = backend.heard().length;
  const request = requestWith({ type: 'text', text: words }, agentConversationId);
  return { agent, backend, request, newlyHeard: () => backend.heard().slice(before) };
}

type FaultyWorld = Awaited<ReturnType<typeof prepare>>;

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `the call has not settled ${settlesWithinMs / 1_000} s after the abort`;
    timer = setTimeout(() => reject(new Error(message)), settlesWithinMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
