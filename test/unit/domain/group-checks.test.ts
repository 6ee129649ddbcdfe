import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findPosition } from '../../../server/domain/position.ts';
import { renderPreamble } from '../../../server/domain/query/render-preamble.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import { reduceTurn } from '../../../server/domain/reduce-turn.ts';
import { defineWorkflow } from '../../../workflows/definition/index.ts';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import { progression, said } from './domain-samples.ts';

/** Each line is within the budget, and all of them together. */
const report = prepareWorkflow(
  defineWorkflow({
    id: 'report',
    version: 1,
    title: 'Report',
    steps: [
      {
        id: 'lines',
        title: 'Lines',
        collects: z.object({
          most: z.number(),
          lines: z.array(z.object({ name: z.string(), price: z.number() })).min(1),
        }),
        check: ({ fields: { most = 0, lines = [] } }) => {
          const dear = lines.filter(({ price = 0 }) => price > most);
          const total = lines.reduce((sum, { price = 0 }) => sum + price, 0);
          return {
            ...Object.fromEntries(dear.map(({ id }) => [`lines.${id}.price`, `is more than ${most}`])),
            ...(dear.length === 0 && total > 3 * most ? { lines: 'are too dear together' } : {}),
          };
        },
      },
      { id: 'confirm', title: 'Confirm' },
    ],
  }),
);

const before = progression({
  collected: { most: 10, lines: [{ id: '1-1', name: 'Taxi', price: 5 }] },
  turnCount: 4,
});

describe('a check of a group', () => {
  it('refuses the one value that it names, and keeps every other change', () => {
    const lines = [
      { op: 'add', values: { name: 'Hotel', price: 90 } },
      { op: 'set', id: '1-1', values: { name: 'Cab', price: 11 } },
      { op: 'add', values: { name: 'Bus', price: 3 } },
    ];
    const { next, delta } = reduceTurn(report, before, said({ data: { lines } }));
    expect(next.collected['lines']).toEqual([
      { id: '1-1', name: 'Cab', price: 5 },
      { id: '5-1', name: 'Hotel' },
      { id: '5-2', name: 'Bus', price: 3 },
    ]);
    expect(delta.rejected).toEqual([
      { field: 'lines.1-1.price', issues: ['is more than 10'] },
      { field: 'lines.5-1.price', issues: ['is more than 10'] },
    ]);
    expect(delta.collected).toEqual({ lines: next.collected['lines'] });
  });

  it('refuses the whole change where it names the group', () => {
    const lines = Array.from({ length: 4 }, (_, at) => ({
      op: 'add',
      values: { name: `Bus ${at}`, price: 9 },
    }));
    const { next, delta } = reduceTurn(report, before, said({ data: { lines } }));
    expect(next.collected).toEqual(before.collected);
    expect(delta).toMatchObject({
      collected: {},
      rejected: [{ field: 'lines', issues: ['are too dear together'] }],
    });
  });
});

describe('a group that lacks something', () => {
  it('keeps its step open, and names the values that completing the workflow would need', () => {
    const lines = [{ name: 'Taxi' }, { price: 3 }];
    const { delta, position } = reduceTurn(
      report,
      progression(),
      said({ action: 'complete', data: { most: 9, lines } }),
    );
    expect(position.current.id).toBe('lines');
    expect(delta.rejected.map(({ field }) => field)).toEqual(['lines.1-1.price', 'lines.1-2.name']);
  });

  it('keeps its step open while the agent asks for another item, and only then', () => {
    const data = { most: 9, lines: [{ name: 'Taxi', price: 3 }] };
    const asking = reduceTurn(report, progression(), said({ data, more: 'lines' }));
    expect(asking.position.current.id).toBe('lines');
    expect(asking.next.awaitsMore).toBe('lines');
    const answered = reduceTurn(report, asking.next, said({}));
    expect(answered.position.current.id).toBe('confirm');
    expect(answered.next.awaitsMore).toBeUndefined();
    expect(reduceTurn(report, progression(), said({ data })).position.current.id).toBe('confirm');
    const mistaken = reduceTurn(report, progression(), said({ data, more: 'most' }));
    expect(mistaken.position.current.id).toBe('confirm');
    expect(mistaken.delta.parseIssues).toEqual(['more: this is no group that can have another item']);
  });
});

describe('the query', () => {
  it('says how items are changed, while a group is asked for and once it is collected', () => {
    const queryOf = (collected: Readonly<Record<string, Json>>): string =>
      renderPreamble(
        {
          workflow: report,
          position: findPosition(report, { collected, passedSteps: [] }),
          collected,
          turnNumber: 2,
        },
        6_000,
      );
    expect(queryOf({})).toContain('or its changes: [{"op": "add" | "set" | "remove"');
    expect(queryOf(before.collected)).toContain('To change items of lines: {"lines": [{"op": "set"');
  });
});

describe('a check that refuses very many values of one turn', () => {
  it('takes back the first ones by themselves, and then all changes of the group', () => {
    let runs = 0;
    const workflow = prepareWorkflow(
      defineWorkflow({
        id: 'list',
        version: 1,
        title: 'List',
        steps: [
          {
            id: 'lines',
            title: 'Lines',
            collects: z.object({ name: z.string(), lines: z.array(z.object({ price: z.number() })) }),
            check: ({ fields: { lines = [] } }) => {
              runs += 1;
              const dear = lines.filter(({ price = 0 }) => price > 1);
              return Object.fromEntries(dear.map(({ id }) => [`lines.${id}.price`, 'is too much']));
            },
          },
        ],
      }),
    );
    const lines = Array.from({ length: 200 }, () => ({ price: 2 }));
    const { next, delta } = reduceTurn(workflow, progression(), said({ data: { name: 'Ann', lines } }));
    expect(runs).toBeLessThan(30);
    expect(next.collected).toEqual({ name: 'Ann' });
    expect(delta.rejected[0]).toEqual({ field: 'lines.1-1.price', issues: ['is too much'] });
    expect(delta.rejected.at(-1)).toEqual({
      field: 'lines',
      issues: ['holds too many values that do not fit the others: none of its changes was taken over'],
    });
  });
});
