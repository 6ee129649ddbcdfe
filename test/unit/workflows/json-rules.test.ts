import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkDefinition } from '../../../workflows/definition/check-definition.ts';
import type { WorkflowDefinition } from '../../../workflows/definition/define-workflow.ts';
import { definitionFromJson } from '../../../workflows/definition/from-json.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import { findPosition, openFields, progressOf } from '../../../server/domain/position.ts';
import { idsOfTurn } from '../../../server/domain/merge-group.ts';
import { mergeChecked } from '../../../server/domain/checks.ts';
import { summarize } from '../../../server/domain/summary.ts';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import type { Workflow } from '../../../server/domain/workflow.ts';

const fields = {
  kind: { type: 'string', enum: ['annual', 'sick', 'other'] },
  from: { type: 'string', format: 'date' },
  until: { type: 'string', format: 'date' },
  days: { type: 'integer', minimum: 1 },
  isPaid: { type: 'boolean' },
  at: { type: 'string', format: 'time' },
};

interface Rules {
  readonly when?: unknown;
  readonly noteWhen?: unknown;
  readonly checks?: unknown;
  readonly workflowChecks?: unknown;
}

const definition = ({ when, noteWhen, checks, workflowChecks }: Rules): object => ({
  id: 'leave',
  version: 1,
  title: 'Leave',
  ...(workflowChecks === undefined ? {} : { checks: workflowChecks }),
  steps: [
    {
      id: 'dates',
      title: 'Dates',
      collects: { type: 'object', properties: fields, required: ['kind'] },
      ...(checks === undefined ? {} : { checks }),
    },
    {
      id: 'more',
      title: 'More',
      ...(when === undefined ? {} : { when }),
      collects: {
        type: 'object',
        properties: {
          reason: { type: 'string' },
          note: { type: 'string', ...(noteWhen === undefined ? {} : { when: noteWhen }) },
        },
        required: ['reason', 'note'],
      },
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

function load(rules: Rules): Workflow {
  const { candidate, faults } = definitionFromJson(definition(rules));
  expect([...faults, ...checkDefinition(candidate)]).toEqual([]);
  return prepareWorkflow(candidate as WorkflowDefinition);
}

const faultsOf = (rules: Rules): string[] => {
  const { candidate, faults } = definitionFromJson(definition(rules));
  return [...faults, ...checkDefinition(candidate)].map(({ path, message }) => `${path}: ${message}`);
};

const stepsAt = (workflow: Workflow, collected: Record<string, Json>): string[] =>
  findPosition(workflow, { collected, passedSteps: [] }).applicable.map(({ id }) => id);

describe('a condition in JSON', () => {
  it.each<[string, unknown, Record<string, Json>[], Record<string, Json>[]]>([
    ['a value', { field: 'kind', equals: 'sick' }, [{ kind: 'sick' }], [{}, { kind: 'other' }]],
    [
      'one of some values',
      { field: 'kind', in: ['sick', 'other'] },
      [{ kind: 'other' }],
      [{ kind: 'annual' }, {}],
    ],
    ['a number above', { field: 'days', gt: 5 }, [{ days: 6 }], [{ days: 5 }, {}]],
    [
      'a number within',
      { field: 'days', gte: 2, lte: 3 },
      [{ days: 2 }, { days: 3 }],
      [{ days: 1 }, { days: 4 }],
    ],
    [
      'a date before',
      { field: 'from', lt: '2027-02-01' },
      [{ from: '2027-01-31' }],
      [{ from: '2027-02-01' }],
    ],
    [
      'a time, whatever its zone',
      { field: 'at', gte: '12:00:00Z' },
      [{ at: '13:30:00+01:00' }],
      [{ at: '12:30:00+01:00' }],
    ],
    ['any value', { field: 'days', exists: true }, [{ days: 1 }], [{}]],
    ['no value', { field: 'days', exists: false }, [{}], [{ days: 1 }]],
    [
      'all of several',
      {
        all: [
          { field: 'kind', equals: 'sick' },
          { field: 'days', gt: 3 },
        ],
      },
      [{ kind: 'sick', days: 4 }],
      [{ kind: 'sick' }, { days: 4 }],
    ],
    [
      'any of several',
      {
        any: [
          { field: 'kind', equals: 'sick' },
          { field: 'days', gt: 3 },
        ],
      },
      [{ kind: 'sick' }, { days: 4 }],
      [{}, { days: 3 }],
    ],
    ['none', { not: { field: 'isPaid', equals: true } }, [{}, { isPaid: false }], [{ isPaid: true }]],
  ])('holds for %s', (_what, when, holding, others) => {
    const workflow = load({ when });
    for (const collected of holding) expect(stepsAt(workflow, collected)).toContain('more');
    for (const collected of others) expect(stepsAt(workflow, collected)).not.toContain('more');
  });

  it.each([
    [
      'a field that there is not',
      { field: 'knd', equals: 'sick' },
      'steps.1.when.field: reads "knd", which no step before it collects: did you mean "kind"?',
    ],
    [
      'a field of its own step',
      { all: [{ field: 'reason', exists: true }] },
      'steps.1.when.all.0.field: reads "reason", which no step before it collects',
    ],
    [
      'a value that the field cannot have',
      { not: { field: 'kind', equals: 'sik' } },
      'steps.1.when.not.equals: "sik" is no value of the field "kind", so this can\'t hold: did you mean "sick"?',
    ],
    [
      'a value of another type',
      { field: 'days', in: [3, '4'] },
      'steps.1.when.in.1: "4" is no value of the field "days", so this can\'t hold',
    ],
    [
      'an order that the field has not',
      { field: 'kind', gt: 'a' },
      'steps.1.when.gt: compares numbers, dates and times, and the field "kind" is none',
    ],
    [
      'a number for a date',
      { field: 'from', lt: 5 },
      'steps.1.when.lt: must be a date, as the field "from" is one',
    ],
    [
      'a text that is no date',
      { field: 'from', lt: 'soon' },
      'steps.1.when.lt: must be a date, as the field "from" is one',
    ],
    [
      'no comparison',
      { field: 'kind' },
      'steps.1.when: must compare its field: with "equals", "in", "gt", "gte", "lt", "lte", "exists"',
    ],
    [
      'an unknown comparison',
      { any: [{ field: 'kind', is: 'sick' }] },
      'steps.1.when.any.0: Unrecognized key: "is"',
    ],
    [
      'a text',
      'kind = sick',
      'steps.1.when: must be a condition: { "field": …, "equals": … }, { "all": […] }, { "any": […] } or { "not": … }',
    ],
  ])('is a fault with %s, told at its place', (_what, when, fault) => {
    expect(faultsOf({ when })[0]).toBe(fault);
  });
});

describe('the condition of a field', () => {
  const noteWhen = { field: 'kind', equals: 'other' };

  it('leaves the field out while it does not hold: not asked, not required, not open, not counted', () => {
    const workflow = load({ noteWhen });
    const at = (collected: Record<string, Json>) => findPosition(workflow, { collected, passedSteps: [] });
    const openNames = (collected: Record<string, Json>) => openFields(at(collected)).map(({ name }) => name);
    expect(openNames({ kind: 'other' })).toEqual(['reason', 'note']);
    expect(openNames({ kind: 'sick' })).toEqual(['reason']);
    expect(progressOf(at({ kind: 'other' })).fieldsRequired).toBe(3);
    expect(progressOf(at({ kind: 'sick' })).fieldsRequired).toBe(2);
    expect(at({ kind: 'sick', reason: 'flu' }).current.id).toBe('confirm');
    expect(at({ kind: 'other', reason: 'flu' }).current.id).toBe('more');
  });

  it('keeps the value of a field that no longer applies, and shows it in no summary', () => {
    const workflow = load({ noteWhen });
    const collected = { kind: 'sick', reason: 'flu', note: 'kept' };
    const state = { collected, turnCount: 1 };
    const { steps } = summarize(workflow, findPosition(workflow, { collected, passedSteps: [] }), state);
    expect(steps.flatMap(({ fields: shown }) => shown.map(({ field }) => field))).toEqual(['kind', 'reason']);
    const changed = mergeChecked(workflow, collected, new Map([['kind', 'other']]), { ids: idsOfTurn(1) });
    expect(changed.collected).toMatchObject({ kind: 'other', note: 'kept' });
  });

  it('does not make a step without further fields one that the agent completes', () => {
    const workflow = load({ noteWhen });
    const only = { ...workflow, steps: workflow.steps.slice(1) };
    const step = only.steps[0];
    if (step === undefined) throw new Error('there is a step');
    const conditional = { ...step, fields: step.fields.slice(1) };
    const position = findPosition({ ...only, steps: [conditional] }, { collected: {}, passedSteps: [] });
    expect(position.isFinished).toBe(true);
  });

  it('may read the fields before it in its own step, and no later ones', () => {
    load({ noteWhen: { field: 'reason', exists: true } });
    expect(faultsOf({ noteWhen: { field: 'note', exists: true } })).toEqual([
      'steps.1.collects.properties.note.when.field: reads "note", which neither a step nor a field before it collects',
    ]);
  });
});

describe('a check in JSON', () => {
  const message = 'The last day must not be before the first one.';
  const checks = [{ compare: ['until', '>=', 'from'], message }];
  const merge = (workflow: Workflow, before: Record<string, Json>, data: Record<string, Json>) =>
    mergeChecked(workflow, before, new Map(Object.entries(data)), { ids: idsOfTurn(1) });

  it('refuses the field that has changed, and the others of the turn stand', () => {
    const workflow = load({ checks });
    const before = { from: '2027-03-05', until: '2027-03-08' };
    const until = merge(workflow, before, { until: '2027-03-01', days: 2 });
    expect(until.rejected).toMatchObject([{ field: 'until', issues: [message] }]);
    expect(until.changed).toEqual({ days: 2 });
    expect(until.collected).toEqual({ ...before, days: 2 });
    const from = merge(workflow, before, { from: '2027-03-09', days: 2 });
    expect(from.rejected).toMatchObject([{ field: 'from', issues: [message] }]);
    expect(from.collected).toEqual({ ...before, days: 2 });
  });

  it('refuses its first field where one turn sets both', () => {
    const both = merge(load({ checks }), {}, { until: '2027-03-01', from: '2027-03-05' });
    expect(both).toMatchObject({
      changed: { from: '2027-03-05' },
      rejected: [{ field: 'until', issues: [message] }],
    });
    expect(both.collected).not.toHaveProperty('until');
  });

  it('does not apply while one of its fields has no value', () => {
    const workflow = load({ checks });
    expect(merge(workflow, {}, { until: '2027-03-01' }).rejected).toEqual([]);
    const cleared = merge(workflow, { from: '2027-03-01', until: '2027-03-02' }, { from: null });
    expect(cleared.rejected).toEqual([]);
  });

  it('has nothing against a change of another field, even if the values were wrong before', () => {
    const before = { from: '2027-03-05', until: '2027-03-01' };
    const merged = merge(load({ checks }), before, { days: 2 });
    expect(merged).toMatchObject({ rejected: [], collected: { ...before, days: 2 } });
  });

  it('may stand on the workflow, and over fields of several steps', () => {
    const compare = ['reason', '!=', 'note'];
    const workflow = load({ workflowChecks: [{ compare, message: 'Say it once.' }] });
    expect(merge(workflow, { kind: 'sick', reason: 'flu' }, { note: 'flu' }).rejected).toMatchObject([
      { field: 'note', issues: ['Say it once.'] },
    ]);
  });

  it.each([
    [
      { compare: ['untill', '>=', 'from'], message },
      'steps.0.checks.0.compare.0: reads "untill", which neither its step nor a step before it collects: did you mean "until"?',
    ],
    [
      { compare: ['until', '>=', 'reason'], message },
      'steps.0.checks.0.compare.2: reads "reason", which neither its step nor a step before it collects',
    ],
    [
      { compare: ['until', '>=', 'days'], message },
      'steps.0.checks.0.compare: can\'t compare these fields ("until" is a date, "days" a number): compare two numbers, two dates or two times',
    ],
    [
      { compare: ['until', '=>', 'from'], message },
      'steps.0.checks.0.compare.1: must be one of "=", "!=", ">", ">=", "<", "<="',
    ],
    [
      { compare: ['until', '>='], message },
      'steps.0.checks.0.compare: must be two fields with an operator between them: ["until", ">=", "from"]',
    ],
    [
      { compare: ['until', '>=', 'until'], message },
      'steps.0.checks.0.compare: compares a field with itself',
    ],
    [
      { compare: ['until', '>=', 'from'] },
      'steps.0.checks.0.message: Invalid input: expected string, received undefined',
    ],
  ])('is a fault where it can never be right: %j', (check, fault) => {
    expect(faultsOf({ checks: [check] })).toEqual([fault]);
  });

  it('is not called by its name in TypeScript', () => {
    const { faults } = definitionFromJson({ steps: [{ id: 'a', title: 'A', check: 'x', fieldWhen: {} }] });
    expect(faults.map(({ path, message: said }) => `${path}: ${said}`)).toEqual([
      'steps.0.check: is a function of definitions in TypeScript: write "checks" in JSON',
      'steps.0.fieldWhen: holds functions of definitions in TypeScript: write "when" into the field in JSON',
    ]);
  });
});

describe('a choice with a title', () => {
  const oneOf = [
    { const: 'EU', title: 'In the EU' },
    { const: 'US', title: 'In the United States' },
    { const: 'XX' },
  ];
  const shown = [
    { value: 'EU', title: 'In the EU' },
    { value: 'US', title: 'In the United States' },
    { value: 'XX', title: 'XX' },
  ];

  it('is the same in JSON and in each way of zod', () => {
    const schema = {
      type: 'object',
      properties: { region: { type: 'string', oneOf } },
      required: ['region'],
    };
    const { candidate, faults } = definitionFromJson({ steps: [{ id: 'a', title: 'A', collects: schema }] });
    expect(faults).toEqual([]);
    const fromJson: unknown = (candidate as WorkflowDefinition).steps[0]?.collects?.shape['region'];
    const titles = { EU: 'In the EU', US: 'In the United States' };
    const schemas = [
      fromJson as z.ZodType,
      z.enum(['EU', 'US', 'XX']).meta({ titles }),
      z.literal(['EU', 'US', 'XX']).meta({ titles }),
      z.union([
        z.literal('EU').meta({ title: 'In the EU' }),
        z.literal('US').meta({ title: 'In the United States' }),
        z.literal('XX'),
      ]),
    ];
    for (const region of schemas) {
      const step = { id: 'a', title: 'A', collects: z.object({ region }) };
      const workflow = prepareWorkflow({ id: 'w', version: 1, title: 'W', steps: [step] });
      const field = workflow.fields.get('region');
      expect(field?.control).toMatchObject({ type: 'choice', choices: shown });
      expect(field?.jsonSchema).toEqual({
        type: 'string',
        enum: ['EU', 'US', 'XX'],
        oneOf: shown.map(({ value, title }) => ({ const: value, title })),
      });
      expect(field?.shownSchema).not.toContain('enum');
      expect(field?.check('EU').ok).toBe(true);
      expect(field?.check('In the EU').ok).toBe(false);
    }
  });

  it('is a fault beside an enum, or twice', () => {
    const faults = (field: object) =>
      definitionFromJson({
        steps: [{ id: 'a', title: 'A', collects: { type: 'object', properties: { field } } }],
      }).faults.map(({ path, message }) => `${path}: ${message}`);
    expect(faults({ type: 'string', enum: ['EU'], oneOf })).toEqual([
      'steps.0.collects.properties.field.enum: is already said by oneOf: leave one of them out',
    ]);
    expect(faults({ type: 'string', oneOf: [...oneOf, { const: 'EU' }] })).toEqual([
      'steps.0.collects.properties.field.oneOf: has the choice "EU" twice',
    ]);
  });
});
