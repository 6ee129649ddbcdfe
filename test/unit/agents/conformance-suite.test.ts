import { describe, expect, it } from 'vitest';
import { AgentFailure } from '../../../server/answer/agent-failure.ts';
import type { Agent } from '../../../server/orchestrator/ports/agent.ts';
import { describeAgentConformance } from '../../../server/testing/agent-conformance.ts';
import { describeAgentFaults } from '../../../server/testing/agent-faults.ts';
import type { AgentBackend } from '../../../server/testing/agent-under-test.ts';

type Send = Agent['send'];

/** Runs a suite on an agent, and returns the names of the tests that fail. */
async function failing(declare: (runner: Parameters<typeof describeAgentConformance>[2]) => void) {
  const tests: (readonly [string, () => Promise<void>])[] = [];
  declare({
    describe: (_name, declareTests) => declareTests(),
    it: (name, test) => void tests.push([name, test]),
  });
  const failed: string[] = [];
  for (const [name, test] of tests) await test().catch(() => failed.push(name));
  return failed;
}

/** An agent that keeps every promise, but for what is given, with a service that notes what is sent to it. */
function agentWith({
  send,
  ...agent
}: Partial<Omit<Agent, 'send'>> & { send?: (heard: string[]) => Send } = {}) {
  const heard: string[] = [];
  const keepsItsPromises: Send = async function* ({ query }, { signal }) {
    signal.throwIfAborted();
    heard.push(query);
    yield await Promise.resolve({ type: 'message', text: 'Who comes?' });
  };
  return {
    agent: {
      name: 'under test',
      open: ({ signal }) => (signal.aborted ? Promise.reject(new Error('left')) : Promise.resolve('c-1')),
      send: send?.(heard) ?? keepsItsPromises,
      ...agent,
    } satisfies Agent,
    backend: {
      heard: () => heard,
      failNextWith: () => undefined,
      hasMessage: () => Promise.resolve(),
      isLeft: () => Promise.resolve(),
    } satisfies AgentBackend,
  };
}

const conformance = (broken?: Parameters<typeof agentWith>[0]) =>
  failing((runner) => describeAgentConformance('x', () => Promise.resolve(agentWith(broken)), runner));
const faults = (broken: Parameters<typeof agentWith>[0]) =>
  failing((runner) => describeAgentFaults('x', () => Promise.resolve(agentWith(broken)), runner));

const shared = { type: 'message', text: '' };

describe('the suite for agents', () => {
  it('passes an agent that keeps its promises', async () => {
    expect(await conformance()).toEqual([]);
  });

  it.each<[string, NonNullable<Parameters<typeof agentWith>[0]>, string]>([
    ['names a conversation so that it cannot be stored', { open: async () => Promise.resolve('a b') }, 'ids'],
    ['goes on after an abort', { open: async () => Promise.resolve('c-1') }, 'once the turn is aborted'],
    [
      'says nothing',
      {
        send: () => () => ({
          [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
        }),
      },
      'answers text with words',
    ],
    [
      'changes what it yielded',
      {
        send: () =>
          async function* ({ query }, { signal }) {
            signal.throwIfAborted();
            shared.text = query;
            yield await Promise.resolve(shared);
          },
      },
      'does not change after it was yielded',
    ],
    [
      'goes to another conversation',
      {
        send: () =>
          async function* ({ agentConversationId }, { signal }) {
            signal.throwIfAborted();
            yield await Promise.resolve({ type: 'message', text: 'Hello' });
            return { agentConversationId: `${agentConversationId}-2` };
          },
      },
      'in the same conversation',
    ],
    [
      'sends a message twice',
      {
        send: (heard) =>
          async function* ({ query }, { signal }) {
            signal.throwIfAborted();
            heard.push(query, query);
            yield await Promise.resolve({ type: 'message', text: 'Hello' });
          },
      },
      'many at once',
    ],
    [
      'sends before it is read',
      {
        send:
          (heard) =>
          ({ query }, { signal }) => {
            if (!signal.aborted) heard.push(query);
            return (async function* () {
              signal.throwIfAborted();
              yield await Promise.resolve({ type: 'message', text: 'Hello' });
            })();
          },
      },
      'before the answer is read',
    ],
  ])('fails one that %s', async (_fault, broken, test) => {
    expect((await conformance(broken)).join('\n')).toContain(test);
  });

  it.each<[string, Error, string[]]>([
    ['quotes the person', new AgentFailure('refused', 'no answer to: Ada comes'), ['turns it away']],
    ['is no AgentFailure', new Error('broken'), ['turns it away', 'breaks off']],
    ['asks for another wait', new AgentFailure('refused', 'busy', { retryAfterMs: 1 }), ['is busy']],
  ])('fails one whose failure %s', async (_how, failure, places) => {
    const failed = await faults({
      send: (heard) =>
        async function* ({ query }) {
          heard.push(query);
          yield await Promise.reject(failure);
        },
    });
    for (const place of places)
      expect(failed.join('\n')).toMatch(new RegExp(`where it ${place}, the failure`));
  });
});
