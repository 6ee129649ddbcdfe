import { describe, it } from 'vitest';
import { refuses, says, saysNothing, staysSilent } from '../../../../cli/emulator/service/answers.ts';
import type { Answer } from '../../../../cli/emulator/service/answers.ts';
import type { RecordedRequest } from '../../../../cli/emulator/service/read-request.ts';
import { describeAgentConformance } from '../../../../server/testing/agent-conformance.ts';
import { describeAgentFaults } from '../../../../server/testing/agent-faults.ts';
import type { AgentFault } from '../../../../server/testing/agent-under-test.ts';
import { startCopilotWorld } from './copilot-world.ts';

const answers: Readonly<Record<AgentFault, Answer>> = {
  'turns it away': refuses(405),
  'is busy': refuses(429, { retryAfter: '2' }),
  'breaks down': refuses(500),
  'breaks off': says('So far, so good', { ending: 'close' }),
  'says nothing': saysNothing,
  'falls silent': says('So far, so good', { ending: 'hang' }),
  'never begins': staysSilent,
};

async function start() {
  // The suite sends some messages twice on purpose.
  const { agent, emulator } = await startCopilotWorld({ emulator: { checkPosts: false } });
  const messages = (): readonly RecordedRequest[] =>
    emulator.requests.filter(({ kind }) => kind === 'message');
  let received: Promise<RecordedRequest> | null = null;
  return {
    agent,
    backend: {
      heard: () => messages().map(({ rawBody, text }) => (text === '' ? rawBody : (text ?? rawBody))),
      failNextWith: (fault: AgentFault) => {
        received = emulator.received('message');
        emulator.next('message', answers[fault]);
      },
      hasMessage: () => received ?? Promise.reject(new Error('no fault was asked for')),
      isLeft: async () => (await received)?.closed,
    },
    stop: () => emulator[Symbol.asyncDispose](),
  };
}

describeAgentConformance('Copilot Studio', start, { describe, it });
describeAgentFaults('Copilot Studio', start, { describe, it });
