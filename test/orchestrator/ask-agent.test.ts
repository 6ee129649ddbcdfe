import { describe, expect, it } from 'vitest';
import { askAgent } from '../../server/orchestrator/ask-agent.ts';
import { leaseLost } from '../../server/orchestrator/lease-lost.ts';
import { ScriptedAgent } from '../../server/testing/index.ts';
import { key } from '../store/sample-turns.ts';
import { fakePorts } from './fake-ports.ts';

describe('an agent whose answer nobody wants any more', () => {
  it.each([
    ['to open a conversation', null],
    ['to go on in its own', 'agent-conversation'],
  ])('is not asked %s when the lease was lost before', async (_what, agentConversationId) => {
    const { dependencies } = fakePorts({ acquire: 'granted', loads: [] });
    const agent = new ScriptedAgent([{ text: 'Too late.' }]);
    let opened = 0;
    const open = (): Promise<string> => {
      opened += 1;
      return Promise.resolve('opened');
    };
    const noted: boolean[] = [];
    const asking = askAgent(
      { ...dependencies, agent: { name: agent.name, open, send: agent.send.bind(agent) } },
      {
        key,
        turnId: 'turn-1',
        agentConversationId,
        request: { query: '', input: { type: 'open' }, briefing: {} as never },
        signal: AbortSignal.abort(leaseLost()),
        noteAgentMayHaveHeard: (mayHaveHeard) => void noted.push(mayHaveHeard),
      },
    );
    await expect(asking).rejects.toMatchObject({ reason: 'LEASE_LOST' });
    expect(opened).toBe(0);
    expect(agent.requests).toEqual([]);
    expect(noted).toEqual([]);
  });
});
