import { describe, it } from 'vitest';
import { describeAgentConformance } from '../../../../server/testing/agent-conformance.ts';
import { describeAgentFaults } from '../../../../server/testing/agent-faults.ts';
import type { AgentFault } from '../../../../server/testing/agent-under-test.ts';
import { contentChunk, opening } from '../../../support/openai-server/chunks.ts';
import type { Reply } from '../../../support/openai-server/exchange.ts';
import {
  dropsAfter,
  fails,
  fallsSilentAfter,
  neverBegins,
  says,
  saysJson,
} from '../../../support/openai-server/replies.ts';
import { startAgent } from './start-agent.ts';

const faults: Readonly<Record<AgentFault, Reply>> = {
  'turns it away': fails(401),
  'is busy': fails(429, 'slow down', { 'retry-after': '2' }),
  'breaks down': fails(500),
  'breaks off': dropsAfter(opening, contentChunk('Half an ans')),
  'says nothing': says(''),
  'falls silent': fallsSilentAfter(opening, contentChunk('Half an ans')),
  'never begins': neverBegins,
};

async function start() {
  const world = await startAgent();
  const { server, agent } = world;
  server.otherwise(
    saysJson({ prompt: 'Who comes?', action: 'ask', data: {}, clear: [], step: null, citations: [] }),
  );
  let heardBefore = 0;
  return {
    agent,
    backend: {
      heard: () => server.requests.map(({ query }) => query),
      failNextWith: (fault: AgentFault) => {
        heardBefore = server.requests.length;
        server.reply(faults[fault]);
      },
      hasMessage: () => server.received(heardBefore + 1),
      isLeft: () => server.left(1),
    },
    stop: () => world[Symbol.asyncDispose](),
  };
}

describeAgentConformance('the OpenAI-compatible agent', start, { describe, it });
describeAgentFaults('the OpenAI-compatible agent', start, { describe, it });
