import { describe, expect, it } from 'vitest';
import { createGuidedAgent } from '../../../../server/agents/guided/guided-agent.ts';
import { findPosition } from '../../../../server/domain/position.ts';
import { leave, play, playAll, playedAt } from './play.ts';
import { callOptions } from '../../../../server/testing/agent-call.ts';

const briefing = {
  workflow: leave,
  position: findPosition(leave, { collected: {}, passedSteps: [] }),
  collected: {},
  prefilled: [],
  facts: {},
  awaitsConfirmation: false,
  turnNumber: 1,
  choiceTitles: {},
  findChoices: null,
};

describe('the guided agent', () => {
  it('opens without credentials, under its own name', async () => {
    const agent = createGuidedAgent({ clock: { now: () => playedAt } });
    const options = callOptions({ deadlineAt: playedAt + 1 });
    expect(await agent.open(options)).toBe('guided');
    expect(agent.name).toBe('guided');
  });

  it('answers nothing, and with the reason, once the turn is aborted', async () => {
    const agent = createGuidedAgent({ clock: { now: () => playedAt } });
    const reason = new Error('the lease is lost');
    const options = callOptions({ signal: AbortSignal.abort(reason), deadlineAt: playedAt + 1 });
    await expect(agent.open(options)).rejects.toBe(reason);
    const answer = agent.send(
      { agentConversationId: 'guided', query: '', input: { type: 'open' }, briefing, history: [] },
      options,
    );
    await expect(answer[Symbol.asyncIterator]().next()).rejects.toBe(reason);
  });

  it('is deterministic: same input and clock, same answer', async () => {
    const texts = ['next Monday', 'ten', 'sick', 'Dana'];
    const [first, second] = await Promise.all([
      playAll(play(leave), ...texts),
      playAll(play(leave), ...texts),
    ]);
    expect(first).toEqual(second);
  });

  it('counts "tomorrow" from its clock', async () => {
    const nextDay = await playAll(play(leave, { now: playedAt + 86_400_000 }), 'tomorrow');
    expect((await playAll(play(leave), 'tomorrow')).collected).toEqual({ from: '2026-11-13' });
    expect(nextDay.collected).toEqual({ from: '2026-11-14' });
  });

  it('keeps nothing between turns: two conversations do not mix', async () => {
    const agent = play(leave);
    await playAll(agent, '7 December');
    const other = await playAll(play(leave), 'status');
    expect(other.text).not.toContain('December');
  });

  it('answers one message whose structure and words agree on what comes next', async () => {
    const turn = await playAll(play(leave), '7 December', '5', 'sick', 'Dana');
    expect(turn.activities).toHaveLength(1);
    expect(turn.activities[0]).toMatchObject({
      type: 'message',
      textFormat: 'markdown',
      value: { action: 'confirm', data: { coveredBy: 'Dana' } },
    });
    expect(turn.text).toContain('Is everything right?');
  });
});
