import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkDefinition } from '../../../workflows/definition/check-definition.ts';
import { definitionFromJson } from '../../../workflows/definition/from-json.ts';

const converted = z.looseObject({
  steps: z.array(z.looseObject({ collects: z.instanceof(z.ZodObject).optional() })),
});

function fromCollects(collects: unknown) {
  return definitionFromJson({
    id: 'leave-request',
    version: 1,
    title: 'Leave request',
    steps: [{ id: 'dates', title: 'Dates', collects }],
  });
}

/** Returns the schema that a step's `collects` in JSON becomes. */
function schemaOf(properties: object, required: string[] = []): z.ZodObject {
  const { candidate, faults } = fromCollects({ type: 'object', properties, required });
  expect(faults).toEqual([]);
  expect(checkDefinition(candidate)).toEqual([]);
  const collects = converted.parse(candidate).steps[0]?.collects;
  if (collects === undefined) throw new Error('The step collects nothing.');
  return collects;
}

const faults = (collects: unknown) =>
  fromCollects(collects).faults.map(({ path, message }) => `${path}: ${message}`);

const field = (schema: object) => faults({ type: 'object', properties: { field: schema } });

describe('a JSON Schema becomes the zod schema that accepts the same', () => {
  it.each([
    ['a string', { type: 'string', minLength: 2, maxLength: 3 }, ['ab', 'abc'], ['a', 'abcd', 5, null]],
    ['a pattern', { type: 'string', pattern: '^[A-Z]{2}$' }, ['AB'], ['ab', 'ABC']],
    ['choices', { type: 'string', enum: ['red', 'blue'] }, ['red'], ['green', '']],
    ['a constant', { type: 'string', const: 'yes' }, ['yes'], ['no']],
    ['a date', { type: 'string', format: 'date' }, ['2024-02-29'], ['2023-02-29', '29.02.2024', '']],
    [
      'a time',
      { type: 'string', format: 'time' },
      ['12:30:00Z', '12:30:00+02:00'],
      ['25:00:00Z', '12:30', 'noon'],
    ],
    ['an instant', { type: 'string', format: 'date-time' }, ['2024-02-29T10:00:00Z'], ['2024-02-29', 'now']],
    ['a duration', { type: 'string', format: 'duration' }, ['P1DT2H'], ['a day']],
    ['an e-mail address', { type: 'string', format: 'email' }, ['a@example.com'], ['a@', 'example.com']],
    ['a web address', { type: 'string', format: 'uri' }, ['https://example.com'], ['example']],
    ['a uuid', { type: 'string', format: 'uuid' }, ['123e4567-e89b-42d3-a456-426614174000'], ['123']],
    ['an IPv4 address', { type: 'string', format: 'ipv4' }, ['10.0.0.1'], ['10.0.0.256', '::1']],
    ['an IPv6 address', { type: 'string', format: 'ipv6' }, ['::1'], ['10.0.0.1']],
    ['a number', { type: 'number', minimum: 0, exclusiveMaximum: 1 }, [0, 0.5], [-0.1, 1, '0.5']],
    ['an open range', { type: 'number', exclusiveMinimum: 0, maximum: 1 }, [0.1, 1], [0, 1.1]],
    ['a multiple', { type: 'number', multipleOf: 0.5 }, [1.5], [1.2]],
    ['an integer', { type: 'integer', minimum: 1 }, [1, 20], [0, 1.5, '1']],
    ['a boolean', { type: 'boolean' }, [true, false], ['true', 1]],
    [
      'a list',
      { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 2 },
      [[1], [1, 2]],
      [[], [1, 2, 3], ['a']],
    ],
    [
      'an object',
      {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
      [{ city: 'Bern' }],
      [{}, { city: 1 }, { city: 'Bern', zip: 1 }],
    ],
  ])('for %s', (_, schema, accepted, refused) => {
    const collects = schemaOf({ field: schema }, ['field']);
    for (const value of accepted)
      expect(collects.safeParse({ field: value })).toMatchObject({ success: true });
    for (const value of refused)
      expect(collects.safeParse({ field: value })).toMatchObject({ success: false });
  });

  it('with the fields that are not required optional', () => {
    const collects = schemaOf({ from: { type: 'string' }, to: { type: 'string' } }, ['from']);
    expect(collects.safeParse({ from: 'a' }).success).toBe(true);
    expect(collects.safeParse({ to: 'a' }).success).toBe(false);
  });

  it('with titles, descriptions and examples, which the agent is told', () => {
    const collects = schemaOf({
      from: { type: 'string', title: 'First day', description: 'First day off', examples: ['2024-05-01'] },
    });
    expect(z.toJSONSchema(collects)).toMatchObject({
      properties: { from: { title: 'First day', description: 'First day off', examples: ['2024-05-01'] } },
    });
  });
});

describe('a JSON Schema that we do not support is a fault, with its place', () => {
  it.each([
    ['a list', { type: 'array', items: { type: 'string' } }],
    ['a string', { type: 'string' }],
    ['nothing', null],
    ['a word', 'object'],
    ['untyped', { properties: {} }],
    ['without properties', { type: 'object' }],
  ])('a `collects` that is %s', (_, collects) => {
    const found = faults(collects);
    expect(found).not.toEqual([]);
    expect(found).toEqual(found.map(() => expect.stringMatching(/^steps\.0\.collects/) as unknown));
  });

  it.each([
    ['an unknown type', { type: 'date' }],
    ['no type', {}],
    ['several types', { type: ['string', 'null'] }],
    ['a keyword of JSON Schema that is not supported', { type: 'string', contentEncoding: 'base64' }],
    ["another type's keyword", { type: 'string', minimum: 1 }],
    ['a reference', { $ref: '#/$defs/other' }],
    ['an unknown format', { type: 'string', format: 'hostname' }],
    ['no choices', { type: 'string', enum: [] }],
    ['a choice that is no string', { type: 'string', enum: [1] }],
    ['a negative length', { type: 'string', minLength: -1 }],
    ['a pattern that is no regular expression', { type: 'string', pattern: '(' }],
    ['a bound that is no number', { type: 'integer', minimum: '1' }],
    ['multiples of nothing', { type: 'number', multipleOf: 0 }],
    ['a list without items', { type: 'array' }],
    ['items that are wrong', { type: 'array', items: { type: 'what' } }],
    ['an object with a wrong property', { type: 'object', properties: { city: { type: 'what' } } }],
    ['open additional properties', { type: 'object', properties: {}, additionalProperties: true }],
  ])('a field with %s', (_, schema) => {
    expect(field({ type: 'string' })).toEqual([]);
    expect(field(schema)).toEqual([expect.stringMatching(/^steps\.0\.collects\.properties\.field/)]);
  });

  it('a pattern that is no regular expression says so', () => {
    expect(field({ type: 'string', pattern: '(' })).toEqual([
      'steps.0.collects.properties.field.pattern: must be a regular expression',
    ]);
  });

  it('a required field that is not among the properties, by its name', () => {
    expect(
      faults({ type: 'object', properties: { from: { type: 'string' } }, required: ['from', 'form'] }),
    ).toEqual(['steps.0.collects.required.1: requires "form", which is not among its properties']);
  });

  it('a required property of an object within a field, likewise', () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city', 'town'] };
    expect(field({ type: 'array', items: schema })).toEqual([
      'steps.0.collects.properties.field.items.required.1: requires "town", which is not among its properties',
    ]);
  });

  it('every fault, those together that hid one another', () => {
    expect(
      faults({
        type: 'object',
        properties: {
          age: { type: 'integer', minimum: 5, maximum: 1, colour: 'red' },
          code: { type: 'string', pattern: '^(a+)+$' },
          name: { type: 'strng' },
        },
        required: ['z'],
      }),
    ).toEqual([
      'steps.0.collects.properties.age: Unrecognized key: "colour"',
      'steps.0.collects.properties.name.type: must be one of "string", "number", "integer", "boolean", "array", "object": did you mean "string"?',
      'steps.0.collects.required.0: requires "z", which is not among its properties',
      expect.stringMatching(
        /^steps\.0\.collects\.properties\.code\.pattern: its pattern .* may take very long/,
      ),
      'steps.0.collects.properties.age: no value can fit: its minimum (5) is greater than its maximum (1)',
    ]);
  });

  it.each([
    [{ type: 'string', minLength: 5, maxLength: 1 }, 'its minLength (5) is greater than its maxLength (1)'],
    [{ type: 'string', enum: ['a', 'b'], minLength: 2 }, 'none of its enum fits its other bounds'],
    [{ type: 'string', enum: ['a', 'b'], pattern: '^[c-z]$' }, 'none of its enum fits its other bounds'],
    [{ type: 'string', enum: ['a'], const: 'b' }, 'its const is not in its enum'],
    [
      { type: 'string', format: 'date', maxLength: 5 },
      'its maxLength (5) is less than the format "date" needs (10)',
    ],
    [
      { type: 'string', format: 'uuid', minLength: 40 },
      'its minLength (40) is more than the format "uuid" has (36)',
    ],
    [
      { type: 'integer', minimum: 1.2, maximum: 1.8 },
      'there is no whole number within its minimum (1.2) and its maximum (1.8)',
    ],
    [
      { type: 'number', minimum: 1, exclusiveMaximum: 1 },
      'its minimum (1) and its exclusiveMaximum (1) leave no number between them',
    ],
  ])('a range in which there is nothing: %j', (schema, reason) => {
    expect(field(schema)).toEqual([`steps.0.collects.properties.field: no value can fit: ${reason}`]);
  });

  it.each([
    ['strng', 'string'],
    ['String', 'string'],
    ['int', null],
    ['interger', 'integer'],
    ['bool', null],
  ])('the type %j, and says what was probably meant', (type, meant) => {
    const [fault = ''] = field({ type });
    expect(fault).toMatch(/^steps\.0\.collects\.properties\.field\.type: must be one of "string", /);
    expect(/did you mean "(\w+)"\?$/.exec(fault)?.[1] ?? null).toBe(meant);
  });

  it('an inherited name is not among the properties either', () => {
    expect(faults({ type: 'object', properties: {}, required: ['toString'] })).toHaveLength(1);
  });
});

describe('the rest of the definition', () => {
  it('may name its own schema, for editors', () => {
    const json = { id: 'x', version: 1, title: 'X', steps: [{ id: 'a', title: 'A' }] };
    const { candidate, faults: found } = definitionFromJson({ $schema: './workflow.schema.json', ...json });
    expect(found).toEqual([]);
    expect(candidate).toEqual(json);
    expect(checkDefinition(candidate)).toEqual([]);
  });

  it('names it by a text, and at its top only', () => {
    expect(definitionFromJson({ $schema: 5, steps: [] }).faults).toEqual([
      { path: '$schema', message: 'must be the address of a JSON Schema, a text' },
    ]);
    const { candidate } = definitionFromJson({ steps: [{ $schema: 'x', id: 'a', title: 'A' }] });
    expect(checkDefinition(candidate)).toContainEqual({
      path: 'steps.0',
      message: 'Unrecognized key: "$schema"',
    });
  });

  it('keeps every key, for the check to judge', () => {
    const json = { id: 'x', colour: 'red', steps: [{ id: 'a', title: 'A', extra: 1 }, 'not a step'] };
    expect(definitionFromJson(json)).toEqual({ candidate: json, faults: [] });
  });

  it('takes what cards may do as it stands there', () => {
    const json = {
      id: 'x',
      version: 1,
      title: 'X',
      steps: [{ id: 'a', title: 'A' }],
      cards: { allowedActions: ['approve'], allowedHosts: ['example.com', 'https://example.com'] },
    };
    const { candidate } = definitionFromJson(json);
    expect(candidate).toEqual(json);
    expect(checkDefinition(candidate).map(({ path }) => path)).toEqual(['cards.allowedHosts.1']);
  });

  it.each([null, 'text', 42, [], {}, { steps: 'none' }])(
    'leaves %j as it is, for the check to judge',
    (json) => {
      expect(definitionFromJson(json)).toEqual({ candidate: json, faults: [] });
      expect(checkDefinition(json)).not.toEqual([]);
    },
  );

  it('a schema that is wrong hides nothing else, and is no second fault of its own', () => {
    const { candidate, faults: schemaFaults } = definitionFromJson({
      id: 'Bad',
      version: 1,
      title: 'T',
      steps: [
        { id: 'a', title: 'A', collects: { type: 'object', properties: { x: { type: 'what' } } } },
        { id: 'b', title: 'B', collects: { type: 'object', properties: { 'bad-name': { type: 'string' } } } },
      ],
    });
    expect(schemaFaults.map(({ path }) => path)).toEqual(['steps.0.collects.properties.x.type']);
    expect(checkDefinition(candidate).map(({ path }) => path)).toEqual(['id', 'steps.1.collects.bad-name']);
  });
});

describe('the context of a definition in JSON', () => {
  const withContext = (context: unknown) =>
    definitionFromJson({
      ...{ id: 'refund', version: 1, title: 'Refund', context },
      steps: [{ id: 'only', title: 'Only' }],
    });

  it('is a JSON Schema object, whose facts may be told to the agent', () => {
    const { candidate, faults: found } = withContext({
      type: 'object',
      properties: { customer: { type: 'string', tellAgent: true }, page: { type: 'string' } },
      required: ['customer'],
    });
    expect([...found, ...checkDefinition(candidate)]).toEqual([]);
    const { context } = z.looseObject({ context: z.instanceof(z.ZodObject) }).parse(candidate);
    expect(context.safeParse({ customer: 'C-1' }).success).toBe(true);
    expect(context.safeParse({ page: 'start' }).success).toBe(false);
    expect(z.toJSONSchema(context)).toMatchObject({ properties: { customer: { tellAgent: true } } });
  });

  it('has faults as fields have', () => {
    const { candidate, faults: found } = withContext({
      type: 'object',
      properties: { toString: { type: 'text' } },
    });
    expect([...found, ...checkDefinition(candidate)].map(({ path }) => path)).toEqual([
      'context.properties.toString.type',
      'context.toString',
    ]);
  });
});
