import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { prepareWorkflow } from '../../../../server/domain/workflow.ts';
import type { Workflow } from '../../../../server/domain/workflow.ts';
import type { Json } from '../../../../workflows/definition/json.ts';
import {
  answers,
  fails,
  refuses,
  refusingFormat,
  says,
  saysJson,
} from '../../../support/openai-server/replies.ts';
import { messagesOf, startAgent, visit } from './start-agent.ts';
import type { AgentWorld } from './start-agent.ts';
import { parseActivities } from '../../../support/read-activities.ts';

const nothing = { prompt: 'Who comes?', action: null, data: {}, clear: [], step: null, citations: [] };

function withFields(collects: z.ZodObject, id = 'sample'): Workflow {
  return prepareWorkflow({
    id,
    version: 1,
    title: 'Sample',
    steps: [{ id: 'only', title: 'Only', collects }],
  });
}

/** Returns the schema that a turn of this workflow requests. */
async function schemaOf(workflow: Workflow): Promise<Record<string, unknown> | undefined> {
  await using world = await startAgent();
  await world.ask({ workflow });
  const format = world.server.requests[0]?.body.response_format;
  if (format !== undefined) expect(format.json_schema.strict).toBe(true);
  return format?.json_schema.schema;
}

/** Returns what the domain reads out of this answer. */
async function readBack(value: unknown, workflow: Workflow = visit) {
  await using world = await startAgent();
  world.server.reply(saysJson(value));
  const activities = messagesOf(await world.ask({ workflow }));
  const { data, ...rest } = parseActivities(activities);
  return { ...rest, data: Object.fromEntries(data), text: activities[0]?.text };
}

describe('the schema that is asked for', () => {
  it('is the contract, what is said first, with the fields of the steps', async () => {
    expect(await schemaOf(visit)).toEqual({
      type: 'object',
      additionalProperties: false,
      required: ['prompt', 'action', 'data', 'clear', 'step', 'citations'],
      properties: {
        prompt: { type: 'string', description: expect.any(String) as string },
        action: {
          anyOf: [
            { type: 'string', enum: ['ask', 'research', 'confirm', 'complete', 'error'] },
            { type: 'null' },
          ],
        },
        data: {
          type: 'object',
          description: expect.any(String) as string,
          additionalProperties: false,
          required: ['visitor', 'day', 'badge', 'guests'],
          properties: {
            visitor: {
              anyOf: [
                { type: 'string', description: 'Full name; minLength: 1; maxLength: 80' },
                { type: 'null' },
              ],
            },
            day: { anyOf: [{ type: 'string', description: 'format: "date"' }, { type: 'null' }] },
            badge: { anyOf: [{ type: 'string', enum: ['guest', 'contractor'] }, { type: 'null' }] },
            guests: { anyOf: [{ type: 'integer', description: 'minimum: 0; maximum: 9' }, { type: 'null' }] },
          },
        },
        clear: {
          type: 'array',
          items: { type: 'string', enum: ['visitor', 'day', 'badge', 'guests'] },
          description: expect.any(String) as string,
        },
        step: {
          anyOf: [
            { type: 'string', enum: ['who', 'confirm'], description: expect.any(String) as string },
            { type: 'null' },
          ],
        },
        citations: { type: 'array', items: { type: 'string' }, description: expect.any(String) as string },
      },
    });
  });

  it('leaves the data out where no step collects any', async () => {
    const silent = prepareWorkflow({ id: 's', version: 1, title: 'S', steps: [{ id: 'a', title: 'A' }] });
    expect(await schemaOf(silent)).toMatchObject({ required: ['prompt', 'action', 'step', 'citations'] });
  });

  it('uses nothing but what the strict form knows, whatever the fields are', async () => {
    const odd = withFields(
      z.object({
        either: z.union([z.string(), z.int()]),
        only: z.literal('yes'),
        list: z.array(z.object({ name: z.string(), note: z.string().optional() })).max(3),
        nested: z.object({ a: z.object({ b: z.boolean() }) }),
        tooDeep: z.object({ a: z.object({ b: z.object({ c: z.object({ d: z.string() }) }) }) }),
        anything: z.json(),
        map: z.record(z.string(), z.number()),
        tuple: z.tuple([z.string(), z.number()]),
        nullable: z.string().nullable(),
        withDefault: z.string().default('x'),
      }),
    );
    const schema = await schemaOf(odd);
    expect(keywordsIn(schema)).toEqual([
      ...['additionalProperties', 'anyOf', 'description', 'enum', 'items', 'properties', 'required', 'type'],
    ]);
    const asText = {
      anyOf: [
        { type: 'string', description: expect.stringContaining('JSON text') as string },
        { type: 'null' },
      ],
    };
    expect(schema).toMatchObject({
      properties: { data: { properties: { tooDeep: asText, anything: asText, map: asText, tuple: asText } } },
    });
  });

  it('says the titles of choices in words, beside their values', async () => {
    const titles = { eu: 'Within Europe', intl: 'Further away' };
    const titled = withFields(
      z.object({ region: z.enum(['eu', 'intl']).describe('the region').meta({ titles }) }),
    );
    expect(keywordsIn(await schemaOf(titled))).not.toContain('oneOf');
    expect(await schemaOf(titled)).toMatchObject({
      properties: {
        data: {
          properties: {
            region: {
              anyOf: [
                {
                  enum: ['eu', 'intl'],
                  description: 'the region; the choices mean eu: Within Europe, intl: Further away',
                },
                { type: 'null' },
              ],
            },
          },
        },
      },
    });
  });

  it('stays the same from turn to turn', async () => {
    await using world = await startAgent();
    await world.ask({ text: 'one' });
    await world.ask({ text: 'two' });
    const [first, second] = world.server.requests.map(({ body }) => body.response_format);
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
  });

  it('holds the nearest fields where there are too many, and is left out where even these are', async () => {
    const many = (prefix: string, count: number) =>
      z.object(
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, z.string()])),
      );
    const wide = prepareWorkflow({
      id: 'wide',
      version: 1,
      title: 'Wide',
      steps: [
        { id: 'first', title: 'First', collects: many('near', 60) },
        { id: 'second', title: 'Second', collects: many('far', 60) },
      ],
    });
    const text = JSON.stringify(await schemaOf(wide));
    expect(text).toContain('"near59"');
    expect(text).not.toContain('"far0"');
    expect(await schemaOf(withFields(many('field', 200)))).toBeUndefined();
    expect(
      await schemaOf(withFields(z.object({ a: z.string().describe('x'.repeat(20_000)) }))),
    ).toBeUndefined();
  });
});

describe('an answer in the schema', () => {
  it('is a message with its words, and the contract beside them', async () => {
    const read = await readBack({
      ...nothing,
      prompt: 'Tuesday, then.',
      action: 'ask',
      data: { visitor: 'Ada', day: '2026-12-01', badge: null, guests: 2 },
      step: 'confirm',
      citations: ['https://example.com/'],
    });
    expect(read).toMatchObject({
      parse: 'structured',
      payload: { source: 'value', confidence: 'high' },
      text: 'Tuesday, then.',
      data: { visitor: 'Ada', day: '2026-12-01', guests: 2 },
      action: 'ask',
      step: 'confirm',
      citations: ['https://example.com/'],
    });
  });

  it('clears nothing by a null, which the schema makes a model write', async () => {
    const data = { visitor: null, day: null, badge: null, guests: null };
    expect((await readBack({ ...nothing, data })).data).toEqual({});
  });

  it('clears what it lists, unless it gives a value for it as well', async () => {
    const read = await readBack({ ...nothing, data: { visitor: 'Ada' }, clear: ['day', 'visitor'] });
    expect(read.data).toEqual({ day: null, visitor: 'Ada' });
  });

  it.each<[string, Json, Json]>([
    [
      'list',
      [
        { name: 'a', note: null },
        { name: 'b', note: 'c' },
      ],
      [{ name: 'a' }, { name: 'b', note: 'c' }],
    ],
    ['nested', { kept: null, left: null }, { kept: null }],
    ['map', '{"a":1,"b":null}', { a: 1, b: null }],
    ['map', 'no JSON', 'no JSON'],
    ['map', { a: 1 }, { a: 1 }],
  ])('is read back from the strict form: %s', async (name, written, meant) => {
    const workflow = withFields(
      z.object({
        list: z.array(z.object({ name: z.string(), note: z.string().optional() })),
        nested: z.object({ kept: z.string().nullable(), left: z.string().optional() }),
        map: z.record(z.string(), z.number().nullable()),
      }),
    );
    expect((await readBack({ ...nothing, data: { [name]: written } }, workflow)).data).toEqual({
      [name]: meant,
    });
  });

  it('passes undeclared names on, for the domain to ignore', async () => {
    const text =
      '{"prompt":"Hm.","data":{"constructor":"x","__proto__":{"a":1},"other":"y"},"clear":["nobody"]}';
    await using world = await startAgent();
    world.server.reply(says(text));
    const { data, parse } = parseActivities(messagesOf(await world.ask()));
    expect(parse).toBe('structured');
    expect([...data.keys()].sort()).toEqual(['nobody', 'other']);
  });

  it('is a refusal in words if the model refuses', async () => {
    await using world = await startAgent();
    world.server.reply(refuses("I can't help with that."));
    const messages = messagesOf(await world.ask());
    expect(messages).toMatchObject([{ text: "I can't help with that." }]);
    expect(parseActivities(messages).parse).toBe('passthrough');
  });
});

describe('an endpoint without structured output', () => {
  const inText = 'Who comes?\n\n```json\n{"action":"ask","data":{"visitor":"Ada"}}\n```';
  const formats = ({ server }: AgentWorld) =>
    server.requests.map(({ body }) => (body.response_format === undefined ? 'text' : 'schema'));

  it.each([
    [
      'OpenAI',
      400,
      "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
    ],
    ['a router', 404, 'No endpoints found that support structured outputs'],
    ['FastAPI', 422, '[{"loc":["body","response_format"],"msg":"extra fields not permitted"}]'],
    ['vLLM', 400, 'The provided JSON schema contains features not supported by xgrammar.'],
    ['llama.cpp', 400, 'Failed to parse grammar'],
    ['another', 501, 'response_format is not implemented'],
  ])('that says so like %s is asked for JSON in the text, and stays so', async (_like, status, message) => {
    await using world = await startAgent();
    world.server.otherwise(refusingFormat(says(inText), status, message));
    const first = await world.ask();
    await world.ask();
    expect(formats(world)).toEqual(['schema', 'text', 'text']);
    const parsed = parseActivities(messagesOf(first));
    expect(parsed).toMatchObject({ parse: 'structured', payload: { source: 'text' }, action: 'ask' });
    expect(Object.fromEntries(parsed.data)).toEqual({ visitor: 'Ada' });
  });

  it('is asked for the json block in the rules', async () => {
    await using world = await startAgent();
    world.server.otherwise(refusingFormat(says(inText)));
    await world.ask();
    const [bySchema, byText] = world.server.requests.map(({ body }) => body.messages[0]?.content);
    expect(bySchema).toContain('one JSON object and nothing else');
    expect(byText).toContain('```json');
  });

  it('is recognized by its own words too, if its error is no JSON', async () => {
    await using world = await startAgent();
    const refusal = answers(400, 'text/plain', 'unknown parameter response_format');
    world.server.reply(refusal, says(inText));
    await world.ask();
    expect(formats(world)).toEqual(['schema', 'text']);
  });

  it('is remembered for the workflow only: another schema may do', async () => {
    await using world = await startAgent();
    world.server.reply(refusingFormat(says(inText)), says(inText));
    await world.ask();
    await world.ask({ workflow: withFields(z.object({ a: z.string() })) });
    expect(formats(world)).toEqual(['schema', 'text', 'schema']);
  });

  it('is not assumed if the request is refused without the schema as well', async () => {
    await using world = await startAgent();
    world.server.reply(fails(400, 'bad response_format'), fails(400, 'bad everything'));
    await expect(world.ask()).rejects.toMatchObject({ outcome: 'refused' });
    await world.ask();
    expect(formats(world)).toEqual(['schema', 'text', 'schema']);
  });

  it.each([
    [400, 'the context is too long'],
    [401, 'no response_format without a key'],
    [429, 'too much json_schema for today'],
    [500, 'response_format broke'],
  ])('is not seen in HTTP %i "%s": that is not asked again', async (status, message) => {
    await using world = await startAgent();
    world.server.otherwise(fails(status, message));
    await expect(world.ask()).rejects.toThrow();
    expect(world.server.requests).toHaveLength(1);
  });

  it.each([
    ['words', 'Who comes?', { parse: 'passthrough', text: 'Who comes?', data: {} }],
    [
      'words and a json block',
      'Noted.\n```json\n{"data":{"visitor":"Ada","day":null}}\n```',
      { parse: 'structured', text: 'Noted.', data: { visitor: 'Ada' } },
    ],
    [
      'the object in a json block',
      '```json\n{"prompt":"Noted.","data":{"visitor":"Ada","day":null}}\n```',
      { parse: 'structured', text: 'Noted.', data: { visitor: 'Ada' } },
    ],
    // Neither is shown: cases.test.ts checks what the person sees.
    ['another object', '{"weather":"fine"}', { parse: 'passthrough', text: '{"weather":"fine"}', data: {} }],
    ['half an object', '{"prompt":"No', { parse: 'invalid', text: '{"prompt":"No', data: {} }],
  ])('that takes no notice of the schema may answer %s', async (_what, content, expected) => {
    await using world = await startAgent();
    world.server.reply(says(content));
    const messages = messagesOf(await world.ask());
    const { parse, data } = parseActivities(messages);
    expect({ parse, text: messages[0]?.text, data: Object.fromEntries(data) }).toEqual(expected);
    expect(world.server.requests).toHaveLength(1);
  });
});

describe('the setting', () => {
  it('"text" never asks by schema', async () => {
    await using world = await startAgent({ structuredOutput: 'text' });
    await world.ask();
    expect(world.server.requests[0]?.body).not.toHaveProperty('response_format');
  });

  it('"json-schema" does not do without it', async () => {
    await using world = await startAgent({ structuredOutput: 'json-schema' });
    world.server.otherwise(refusingFormat(says('Who comes?')));
    await expect(world.ask()).rejects.toMatchObject({ outcome: 'refused' });
    expect(world.server.requests).toHaveLength(1);
  });
});

/** Returns the keywords of a schema and of those in it, sorted. */
function keywordsIn(schema: unknown): string[] {
  const found = new Set<string>();
  const look = (value: unknown, isNames: boolean): void => {
    if (Array.isArray(value)) for (const item of value) look(item, false);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (!isNames) found.add(key);
        look(inner, key === 'properties' && !isNames);
      }
    }
  };
  look(schema, false);
  return [...found].sort();
}
