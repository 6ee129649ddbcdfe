import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkDefinition } from '../../../workflows/definition/check-definition.ts';
import { definitionFromJson } from '../../../workflows/definition/from-json.ts';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import { describeDefinitions } from '../../../server/orchestrator/describe-definitions.ts';
import { printTypes } from '../../../cli/types/print-types.ts';
import { workflowFromJson } from '../agents/guided/play.ts';

const stepWith = (collects: unknown, rest: object = {}) => ({
  id: 'sample',
  version: 1,
  title: 'Sample',
  steps: [{ id: 'only', title: 'Only', collects, ...rest }],
});
const faultsOf = (lines: z.ZodType): string[] =>
  checkDefinition(stepWith(z.object({ lines }))).map(({ path, message }) => `${path}: ${message}`);
const at = 'steps.0.collects.lines';

describe('a group', () => {
  it.each<[string, z.ZodType, string]>([
    [
      'within a group',
      z.array(z.object({ parts: z.array(z.object({ name: z.string() })) })),
      `${at}.items.parts: is a group within a group: collect it as a field of its own`,
    ],
    [
      'of items without fields',
      z.array(z.object({})),
      `${at}: its items have no fields: give them some, or use a list of texts`,
    ],
    [
      'with a check of its items',
      z.array(z.object({ name: z.string() }).refine(() => true)),
      `${at}: its values are checked one by one, so a check on an item or on the list would refuse all for one: put it into the \`check\` of the step`,
    ],
    [
      'with a check of the list',
      z.array(z.object({ name: z.string() })).refine(() => true),
      `${at}: its values are checked one by one, so a check on an item or on the list would refuse all for one: put it into the \`check\` of the step`,
    ],
    [
      'of too many items',
      z.array(z.object({ name: z.string() })).max(201),
      `${at}: may have at most 200 items: set a smaller maximum`,
    ],
    [
      'with an id of its own',
      z.array(z.object({ id: z.string() })),
      `${at}.items.id: "id" is a reserved name within a group, because the server gives each item its id`,
    ],
    [
      'with a value that null would clear',
      z.array(z.object({ name: z.string().nullable() })),
      `${at}.items.name: may be null, which clears a field, so it could never be completed: make it optional instead`,
    ],
  ])('%s is a fault', (_which, schema, fault) => {
    expect(faultsOf(schema)).toEqual([fault]);
  });

  it('is none where it has but a number of items', () => {
    expect(
      faultsOf(
        z
          .array(z.object({ name: z.string() }))
          .min(1)
          .max(200)
          .optional(),
      ),
    ).toEqual([]);
  });

  it('may be written in JSON, and its types are written for the client', () => {
    const items = {
      type: 'object',
      properties: { name: { type: 'string' }, size: { type: 'integer' } },
      required: ['name'],
    };
    const collects = {
      type: 'object',
      properties: { lines: { type: 'array', maxItems: 9, items } },
      required: ['lines'],
    };
    expect(definitionFromJson(stepWith(collects)).faults).toEqual([]);
    const workflow = workflowFromJson(stepWith(collects));
    expect(workflow.fields.get('lines')?.group).toMatchObject({
      itemTitle: 'Line',
      minItems: 0,
      maxItems: 9,
    });
    const types = printTypes(describeDefinitions(new Map([['sample', workflow]])), '1');
    expect(types.replace(/\s+/g, ' ')).toContain('lines: Array<{ name: string; size?: number; }>;');
  });
});

describe('looked-up choices', () => {
  const find = () => Promise.resolve([]);
  const faults = (choices: object): string[] =>
    checkDefinition(
      stepWith(z.object({ name: z.string().max(9).optional(), size: z.int() }), { choices }),
    ).map(({ path, message }) => `${path}: ${message}`);

  it('are for a text field of their step, by an async function if need be', () => {
    expect(faults({ name: { find: async () => find(), whenUnavailable: 'accept' } })).toEqual([]);
    expect(faults({ nam: { find, whenUnavailable: 'accept' } })).toEqual([
      'steps.0.choices.nam: the step does not collect "nam": did you mean "name"?',
    ]);
    expect(faults({ size: { find, whenUnavailable: 'accept' } })).toEqual([
      'steps.0.choices.size: choices are looked up for texts only: make the field a z.string()',
    ]);
  });

  it('say what happens when they are unavailable', () => {
    expect(faults({ name: { find } })).toMatchObject([
      expect.stringContaining('steps.0.choices.name.whenUnavailable'),
    ]);
    expect(faults({ name: { find: 7, whenUnavailable: 'fail-turn' } })).toMatchObject([
      expect.stringContaining('must be a function that finds choices'),
    ]);
  });

  it('make their field a choice without listing any', () => {
    const workflow = prepareWorkflow({
      ...stepWith(undefined),
      steps: [
        {
          id: 'only',
          title: 'Only',
          collects: z.object({ name: z.string() }),
          choices: { name: { find, whenUnavailable: 'accept' } },
        },
      ],
    });
    expect(workflow.hasLookups).toBe(true);
    expect(workflow.fields.get('name')?.control).toMatchObject({ type: 'choice', isLookedUp: true });
  });
});
