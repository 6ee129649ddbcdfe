import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CheckedFields, CheckIssues } from '../../../workflows/definition/define-workflow.ts';
import { ConditionFailed } from '../../../server/domain/conditions.ts';
import { reduceTurn } from '../../../server/domain/reduce-turn.ts';
import type { Workflow } from '../../../server/domain/workflow.ts';
import { progression, said, workflowOfSteps } from './domain-samples.ts';

const amounts = z.object({ a: z.number(), b: z.number(), c: z.number().optional() });

const checkedBy = (check: (given: CheckedFields) => CheckIssues): Workflow =>
  workflowOfSteps([
    { id: 'first', title: 'First', collects: amounts, check },
    { id: 'last', title: 'Last' },
  ]);

const numbers = ({ a, b, c }: CheckedFields['fields']): number[] => [Number(a), Number(b), Number(c)];

/** The sum of all three may be at most ten: the issue is the last field's, whichever changes. */
const atMostTen = checkedBy(({ fields }) =>
  numbers(fields).reduce((sum, each) => sum + each, 0) > 10 ? { c: ['is too much'] } : {},
);

describe('a check of a definition', () => {
  it('refuses the change without which it holds, where its issue is of a field that has not changed', () => {
    const before = progression({ collected: { a: 1, b: 2, c: 3 } });
    const { next, delta } = reduceTurn(atMostTen, before, said({ data: { a: 9 } }));
    expect(delta).toMatchObject({
      rejected: [{ field: 'a', issues: ['is too much'] }],
      collected: {},
      stateChanged: false,
    });
    expect(next.collected).toEqual({ a: 1, b: 2, c: 3 });
  });

  it('keeps changes that are right without the refused one', () => {
    const before = progression({ collected: { a: 1, b: 2, c: 3 } });
    const { next, delta } = reduceTurn(atMostTen, before, said({ data: { a: 4, c: 5 } }));
    expect(delta.rejected).toEqual([{ field: 'c', issues: ['is too much'] }]);
    expect(next.collected).toEqual({ a: 4, b: 2, c: 3 });
  });

  it('never refuses what was collected before, whatever changes', () => {
    const before = progression({ collected: { a: 9, b: 9, c: 9 } });
    const { next, delta } = reduceTurn(atMostTen, before, said({ data: { b: 8 } }));
    expect(delta.rejected).toEqual([]);
    expect(next.collected).toEqual({ a: 9, b: 8, c: 9 });
  });

  it('may refuse that a field is cleared', () => {
    const workflow = checkedBy(({ fields: { a, c } }) =>
      a !== undefined && c === undefined ? { c: 'is needed' } : {},
    );
    const before = progression({ collected: { a: 1, c: 3 } });
    const { next, delta } = reduceTurn(workflow, before, said({ data: { c: null } }));
    expect(delta.rejected).toEqual([{ field: 'c', issues: ['is needed'] }]);
    expect(next.collected).toEqual({ a: 1, c: 3 });
  });

  it('sees no field that does not apply, and is not run while its step does not apply', () => {
    const seen: CheckedFields['fields'][] = [];
    const workflow = workflowOfSteps([
      { id: 'first', title: 'First', collects: z.object({ kind: z.string() }) },
      {
        id: 'second',
        title: 'Second',
        when: ({ kind }) => kind !== 'none',
        collects: z.object({ x: z.number(), y: z.number() }),
        fieldWhen: { y: ({ kind }) => kind === 'both' },
        check: ({ fields }) => {
          seen.push(fields);
          return {};
        },
      },
    ]);
    const merge = (kind: string) =>
      reduceTurn(workflow, progression({ collected: { x: 1, y: 2 } }), said({ data: { kind } }));
    merge('both');
    merge('one');
    merge('none');
    expect(seen).toEqual([
      { kind: 'both', x: 1, y: 2 },
      { kind: 'one', x: 1 },
    ]);
  });

  it('is given the context of the conversation', () => {
    const workflow = checkedBy(({ fields: { a }, context: { limit } }) =>
      Number(a) > Number(limit) ? { a: 'is above the limit' } : {},
    );
    const rejected = (limit: number) =>
      reduceTurn(workflow, progression(), said({ data: { a: 5 } }), { context: { limit } }).delta.rejected;
    expect(rejected(5)).toEqual([]);
    expect(rejected(4)).toEqual([{ field: 'a', issues: ['is above the limit'] }]);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('Ann said so');
      },
    ],
    ['returns a promise', () => Promise.resolve({})],
    ['returns a list', () => ['is wrong']],
    ['returns numbers', () => ({ a: 5 })],
    ['returns nothing', () => undefined],
  ])('fails the turn where it %s, in words of its own', (_what, check) => {
    const workflow = checkedBy(check as () => CheckIssues);
    const reduce = () => reduceTurn(workflow, progression(), said({ data: { a: 5 } }));
    expect(reduce).toThrow(ConditionFailed);
    expect(reduce).toThrow(
      /^the check of step "first" of workflow "sample" (threw|returned no lists of texts by field)$/,
    );
  });
});
