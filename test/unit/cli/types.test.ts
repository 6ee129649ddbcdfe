import { describe, expect, it } from 'vitest';
import { printTypes } from '../../../cli/types/print-types.ts';
import { typeOfSchema } from '../../../cli/types/json-schema-type.ts';
import { prepareWorkflows } from '../../../server/domain/workflow.ts';
import { describeDefinitions } from '../../../server/orchestrator/describe-definitions.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';

const claim = defineWorkflow({
  id: 'damage-claim',
  version: 3,
  title: 'Damage claim',
  steps: [
    {
      id: 'what',
      title: 'What happened',
      description: 'As far as known.',
      collects: z.object({
        day: z.iso.date().describe('the day of the damage'),
        kind: z.enum(['water', "somebody's fault"]).optional(),
        rooms: z.array(z.enum(['cellar', 'kitchen'])).min(1),
        items: z.array(z.object({ name: z.string(), 'worth in €': z.number().optional() })),
        witness: z.object({ name: z.string().meta({ title: 'Name' }), phone: z.string().optional() }),
        level: z.union([z.literal(1), z.literal(2), z.literal('none')]),
      }),
    },
    { id: 'send-it', title: 'Send it' },
  ],
});
const described = (...definitions: Parameters<typeof prepareWorkflows>[0]) =>
  describeDefinitions(prepareWorkflows(definitions));

describe('the types of workflows', () => {
  it('are a shape for each, with ids, fields and comments, and the union of all', () => {
    expect(printTypes(described(claim), '1.2.3')).toMatchInlineSnapshot(`
      "// Written by turnkeeper types 1.2.3: run it again when a definition changes.
      import type { WorkflowShape } from '@turnkeeper/client';

      /** Damage claim, version 3 */
      export type DamageClaim = WorkflowShape<
        'damage-claim',
        {
          /**
           * What happened
           * As far as known.
           */
          what: {
            /**
             * the day of the damage
             * @format date
             */
            day: string;
            kind?: 'water' | 'somebody\\'s fault';
            rooms: Array<'cellar' | 'kitchen'>;
            items: Array<{
              name: string;
              'worth in €'?: number;
            }>;
            witness: {
              /** Name */
              name: string;
              phone?: string;
            };
            level: 1 | 2 | 'none';
          };
          /** Send it */
          'send-it': null;
        }
      >;

      /** All of these workflows: \`createTurnkeeperClient<Workflows>({ url })\`, \`useConversation<Workflows>({ … })\`. */
      export type Workflows = DamageClaim;
      "
    `);
  });

  it('are the same whatever the order of the workflows', () => {
    const ticket = defineWorkflow({
      id: 'a-ticket',
      version: 1,
      title: 'T',
      steps: [{ id: 's', title: 'S' }],
    });
    const one = printTypes(described(claim, ticket), '1.2.3');
    expect(one).toBe(printTypes(described(ticket, claim), '1.2.3'));
    expect(one).toContain('export type Workflows = ATicket | DamageClaim;');
  });

  it('have names of their own, whatever the ids are', () => {
    const ids = ['workflows', 'leave-1', 'leave1', '2nd-try'];
    const steps = [{ id: 's', title: 'S', fields: null }];
    const printed = printTypes(
      ids.map((id) => ({ id, version: 1, title: id, steps })),
      '1',
    );
    const names = [...printed.matchAll(/^export type (\w+) = WorkflowShape</gm)].map(([, name]) => name);
    expect(names).toEqual(['Workflow2ndTry', 'Leave1', 'Leave1_2', 'Workflows_2']);
  });

  it('hold texts of a server in comments and literals only', () => {
    const evil = "*/ export const x = 1; /*\n'";
    const properties = { [evil]: { type: 'string', description: evil, enum: [evil, '"\\'] } };
    const fields = { type: 'object', properties };
    const printed = printTypes(
      [{ id: evil, version: 1, title: evil, steps: [{ id: evil, title: evil, fields }] }],
      '1',
    );
    expect(printed.replaceAll(/'(\\.|[^'\\\n])*'|\/\*\*[^]*?\*\//g, '')).not.toMatch(/const|["\\]/);
  });
});

describe('the type of a JSON Schema', () => {
  it.each([
    [{ type: 'integer', minimum: 1 }, 'number'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'integer' }] }, 'string | number'],
    [{ oneOf: [{ const: 'a', title: 'A' }, { const: 2 }] }, "'a' | 2"],
    [{ allOf: [{ type: 'string' }, { enum: ['a', 'b'] }] }, "(string) & ('a' | 'b')"],
    [{ not: {} }, 'never'],
    [{ type: 'array' }, 'unknown[]'],
    [{ type: 'array', items: { enum: ['a', 'b'] } }, "Array<'a' | 'b'>"],
    [
      { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'number' } },
      '[string, ...number[]]',
    ],
    [{ type: 'object', additionalProperties: { type: 'number' } }, 'Record<string, number>'],
    [{ type: 'object', additionalProperties: false }, 'Record<string, never>'],
    [{}, 'unknown'],
    [{ $ref: '#/$defs/tree' }, 'unknown'],
    ['no schema', 'unknown'],
  ])('%j is %s', (schema, type) => {
    expect(typeOfSchema(schema, '')).toBe(type);
  });
});
