import { describe, it } from 'vitest';
import { createGuidedAgent } from '../../../../server/agents/guided/guided-agent.ts';
import { systemClock } from '../../../../server/system-clock.ts';
import { describeAgentConformance } from '../../../../server/testing/agent-conformance.ts';

const start = () => Promise.resolve({ agent: createGuidedAgent({ clock: systemClock }) });

describeAgentConformance('the guided agent', start, { describe, it });
