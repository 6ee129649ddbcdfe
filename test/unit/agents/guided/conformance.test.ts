import { createGuidedAgent } from '../../../../server/agents/guided/guided-agent.ts';
import { systemClock } from '../../../../server/system-clock.ts';
import { describeAgentConformance } from '../agent-conformance.ts';

describeAgentConformance('the guided agent', () =>
  Promise.resolve({
    agent: createGuidedAgent({ clock: systemClock }),
    backend: null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
);
