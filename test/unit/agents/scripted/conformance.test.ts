import { describe, it } from 'vitest';
import type { Activity } from '../../../../server/answer/activity.ts';
import { AgentFailure } from '../../../../server/answer/agent-failure.ts';
import type { AgentCallOptions, AgentRequest } from '../../../../server/orchestrator/ports/agent.ts';
import { ScriptedAgent } from '../../../../server/testing/scripted-agent.ts';
import type { ScriptedAnswer } from '../../../../server/testing/scripted-agent.ts';
import { deferred } from '../../../support/deferred.ts';
import { describeAgentConformance } from '../../../../server/testing/agent-conformance.ts';
import { describeAgentFaults } from '../../../../server/testing/agent-faults.ts';
import type { AgentBackend, AgentFault } from '../../../../server/testing/agent-under-test.ts';

type Said = ReturnType<Extract<ScriptedAnswer, (...call: never) => unknown>>;

function start() {
  const met = deferred();
  const left = deferred();
  let next: AgentFault | null = null;
  const agent = new ScriptedAgent(Array.from({ length: 100 }, () => meet));
  const backend: AgentBackend = {
    heard: () => agent.requests.map(({ query }) => query),
    failNextWith: (fault) => {
      next = fault;
    },
    hasMessage: () => met.promise,
    isLeft: () => left.promise,
  };
  function meet(_request: AgentRequest, { signal }: AgentCallOptions): Said {
    const fault = next;
    next = null;
    signal.addEventListener('abort', () => left.resolve());
    switch (fault) {
      case null:
        return { text: 'Very well.', action: 'ask' };
      case 'turns it away':
        throw new AgentFailure('refused', 'turned away');
      case 'is busy':
        throw new AgentFailure('refused', 'busy', { retryAfterMs: 2_000 });
      case 'breaks down':
        throw new AgentFailure('failed', 'broke down');
      case 'breaks off':
        throw new AgentFailure('ambiguous', 'broke off');
      case 'says nothing':
        throw new AgentFailure('empty', 'said nothing');
      case 'never begins':
        met.resolve();
        return new Promise(() => undefined);
      case 'falls silent':
        return beginning();
    }
  }
  async function* beginning(): AsyncGenerator<Activity> {
    try {
      yield { type: 'typing' };
      met.resolve();
      await new Promise(() => undefined);
    } finally {
      left.resolve();
    }
  }
  return Promise.resolve({ agent, backend });
}

describeAgentConformance('the scripted agent', start, { describe, it });
describeAgentFaults('the scripted agent', start, { describe, it });
