import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { createTestCaller } from '../../../server/testing/index.ts';
import expenseReport from '../../../workflows/expense-report.ts';
import { storeKinds } from './open-caller.ts';
import { text } from './sample-workflows.ts';

describe.each(storeKinds)('a group on %s', (kind) => {
  it('stays the current one while the agent asks for another item, and keeps its ids and the titles of choices', async () => {
    await using test = await createTestCaller({
      definitions: [expenseReport],
      store: kind === 'memory' ? 'memory' : { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` },
    });
    const turn = () => test.caller.workflow.turn({ conversationId: 'c', input: text('hello') });
    const line = { item: 'Taxi', date: '2026-11-02', amount: 20, category: 'travel' };
    const purpose = { purpose: 'Trade fair', costCentre: 'marketing', attendees: ['guests'] };
    test.agent.willAnswer(
      { data: { ...purpose, lines: [{ op: 'add', values: line }] }, more: 'lines' },
      (request) => {
        expect(request.briefing.choiceTitles).toEqual({ costCentre: 'Marketing' });
        return { data: { lines: [{ op: 'set', id: '1-1', values: { amount: 0, note: 'at night' } }] } };
      },
    );
    const asked = await turn();
    expect(asked.workflowState.suggestedInput).toMatchObject({
      type: 'group',
      field: 'lines',
      itemTitle: 'Line',
    });
    const quietly = await test.caller.workflow.turn({
      conversationId: 'c',
      input: { type: 'data', data: { purpose: 'Fair' }, respond: false },
    });
    expect(quietly.workflowState.suggestedInput).toMatchObject({ type: 'group', field: 'lines' });
    const answered = await turn();
    expect(answered.workflowState.suggestedInput).toMatchObject({ type: 'number', field: 'total' });
    expect(answered.turn.rejected.map(({ field }) => field)).toEqual(['lines.1-1.amount']);
    const { workflowState } = await test.caller.workflow.get({ conversationId: 'c' });
    expect(workflowState.collected).toMatchObject({ lines: [{ id: '1-1', ...line, note: 'at night' }] });
  });
});
