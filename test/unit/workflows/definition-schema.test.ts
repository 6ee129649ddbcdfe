import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { definitionFromJson } from '../../../workflows/definition/from-json.ts';
import { checkDefinition } from '../../../workflows/definition/check-definition.ts';
import { definitionJsonSchema } from '../../../workflows/definition/definition-schema.ts';

const workflows = new URL('../../../workflows/', import.meta.url);
const readJson = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(name, workflows), 'utf8')) as Record<string, unknown>;

const published = readJson('definition/definition.schema.json');
const validate = new Ajv2020({ strict: false }).compile(published);

const loads = (definition: unknown): boolean => {
  const { candidate, faults } = definitionFromJson(definition);
  return [...faults, ...checkDefinition(candidate)].length === 0;
};

const field = { type: 'string', oneOf: [{ const: 'a', title: 'A' }] };
const definitionWith = (step: object, rest: object = {}): object => ({
  ...{ id: 'w', version: 1, title: 'W', ...rest },
  steps: [
    {
      id: 'first',
      title: 'First',
      collects: { type: 'object', properties: { field, n: { type: 'number' } } },
    },
    { id: 'second', title: 'Second', ...step },
  ],
});
const collecting = (schema: object): object =>
  definitionWith({ collects: { type: 'object', properties: { own: schema } } });

describe('the published JSON Schema of definitions', () => {
  it('is what the schemas that load a definition say: `turnkeeper check --schema` writes it', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(definitionJsonSchema())));
  });

  it('accepts the shipped definitions in JSON', () => {
    const { workflow } = readJson('replay/business-trip.json');
    for (const definition of [readJson('leave-request.json'), workflow]) {
      expect(validate(definition), JSON.stringify(validate.errors)).toBe(true);
      expect(loads(definition)).toBe(true);
    }
  });

  it.each([
    [
      'a condition',
      definitionWith({ when: { all: [{ field: 'n', gt: 3 }, { not: { field: 'field', equals: 'a' } }] } }),
    ],
    ['the condition of a field', collecting({ type: 'integer', when: { field: 'n', exists: true } })],
    [
      'a budget and cards',
      definitionWith({}, { budget: { turns: 9 }, cards: { allowedHosts: ['example.com'] } }),
    ],
    [
      'facts to open with',
      definitionWith(
        {},
        { context: { type: 'object', properties: { desk: { type: 'string', tellAgent: true } } } },
      ),
    ],
    ['a list of choices', collecting({ type: 'array', items: field, minItems: 1 })],
    [
      'a group',
      collecting({
        type: 'array',
        items: { type: 'object', properties: { at: { type: 'string', format: 'date' } } },
      }),
    ],
  ])('accepts %s', (_what, definition) => {
    expect(validate(definition), JSON.stringify(validate.errors)).toBe(true);
    expect(loads(definition)).toBe(true);
  });

  it.each([
    ['an unknown key', definitionWith({ colects: {} })],
    ['an id that is none', definitionWith({}, { id: 'No Id' })],
    ['no steps', { id: 'w', version: 1, title: 'W', steps: [] }],
    ['an unknown type', collecting({ type: 'strng' })],
    ['an unknown format', collecting({ type: 'string', format: 'phone' })],
    ['a keyword of another type', collecting({ type: 'number', minLength: 3 })],
    ['a comparison that there is not', definitionWith({ when: { field: 'n', is: 3 } })],
    ['a condition that joins nothing', definitionWith({ when: { any: [] } })],
    ['a check without a message', definitionWith({ checks: [{ compare: ['n', '>', 'm'] }] })],
    ['a check of two parts', definitionWith({ checks: [{ compare: ['n', '>'], message: 'No.' }] })],
    ['an unknown operator', definitionWith({ checks: [{ compare: ['n', '=>', 'm'], message: 'No.' }] })],
    ['a choice without a value', collecting({ type: 'string', oneOf: [{ title: 'A' }] })],
  ])('refuses %s, as the server does', (_what, definition) => {
    expect(validate(definition)).toBe(false);
    expect(loads(definition)).toBe(false);
  });
});
