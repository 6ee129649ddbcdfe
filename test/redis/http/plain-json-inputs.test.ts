import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import type { AppRouter } from '../../../server/router/app-router.ts';
import { readInput, requireReadInput } from '../../../server/router/input-transformer.ts';
import { readAnswer } from '../../support/post.ts';
import { startTestServer } from '../../support/running-server.ts';

const turn = { conversationId: 'c', workflowId: 'travel', input: { type: 'open' } };

async function postBody(url: string, path: string, body: unknown) {
  const response = await fetch(`${url}/trpc/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.clone().text();
  return { ...(await readAnswer(response)), size: text.length };
}

/** Returns the issues for which an envelope is refused; null if it is accepted. */
function issuesOf(wire: unknown): readonly string[] | null {
  try {
    requireReadInput(readInput(wire));
    return null;
  } catch (error) {
    expect(error).toMatchObject({ reason: 'INVALID_INPUT' });
    const { issues } = error as { issues: readonly { path: string; message: string }[] };
    return issues.map(({ path, message }) => `${path}: ${message}`);
  }
}

const pathsOf = (wire: unknown) => issuesOf(wire)?.map((issue) => issue.slice(0, issue.indexOf(': ')));

describe('an input on the wire', () => {
  it.each<[string, unknown, string[]]>([
    [
      'a typed array of ten million (72 bytes)',
      { json: 10_000_000, meta: { v: 1, values: [['typed-array', 'Uint8Array']] } },
      ['meta.values'],
    ],
    [
      'something with a length that is a typed array',
      {
        json: { ...turn, x: { length: 3e7 } },
        meta: { v: 1, values: { x: [['typed-array', 'Uint8Array']] } },
      },
      ['x'],
    ],
    ['a set', { json: { a: [1] }, meta: { v: 1, values: { a: ['set'] } } }, ['a']],
    ['a map with something inside', { json: [], meta: { values: ['map', { 0: ['set'] }] } }, ['meta.values']],
    ['a regular expression that is none', { json: { a: '/(/' }, meta: { values: { a: ['regexp'] } } }, ['a']],
    ['a date', { json: { a: '1970-01-01T00:00:00.000Z' }, meta: { v: 1, values: { a: ['Date'] } } }, ['a']],
    ['a number that JSON does not have', { json: { a: 'NaN' }, meta: { values: { a: ['number'] } } }, ['a']],
    ['a bigint', { json: { a: '9' }, meta: { values: { a: ['bigint'] } } }, ['a']],
    ['an error', { json: { a: {} }, meta: { values: { a: ['Error'] } } }, ['a']],
    ['a class', { json: { a: {} }, meta: { values: { a: [['class', 'X']] } } }, ['a']],
    ['a kind of its own', { json: { a: 1 }, meta: { values: { a: [['custom', 'x']] } } }, ['a']],
    [
      'equal references',
      { json: { a: {}, b: {} }, meta: { v: 1, referentialEqualities: { a: ['b'] } } },
      ['meta.referentialEqualities'],
    ],
    ['something else about it', { json: turn, meta: { more: 1 } }, ['meta.more']],
    ['a version that is none', { json: turn, meta: { v: 2 } }, ['meta.v']],
    ['a meta that is none', { json: turn, meta: 'x' }, ['meta']],
    ['a meta that is a list', { json: turn, meta: [] }, ['meta']],
    ['values that are a text', { json: turn, meta: { values: 'undefined' } }, ['meta.values']],
    ['an undefined in a list', { json: { a: [null] }, meta: { values: { 'a.0': ['undefined'] } } }, ['a.0']],
    [
      'an undefined in a list that is the whole',
      { json: [null], meta: { values: { 0: ['undefined'] } } },
      ['0'],
    ],
    ['an undefined of what is not there', { json: {}, meta: { values: { a: ['undefined'] } } }, ['a']],
    ['an undefined of what is something', { json: { a: 1 }, meta: { values: { a: ['undefined'] } } }, ['a']],
    [
      'an undefined with something in it',
      { json: { a: null }, meta: { values: { a: ['undefined', { b: ['undefined'] }] } } },
      ['a'],
    ],
    ['a mark in a mark', { json: { a: { b: null } }, meta: { values: { a: { b: ['undefined'] } } } }, ['a']],
    ['a path of no keys', { json: { '': null }, meta: { values: { 'a\\x': ['undefined'] } } }, ['a\\x']],
    ['no envelope', turn, ['']],
    ['a text', 'x', ['']],
    ['a list', [turn], ['']],
    ['nothing', null, ['']],
  ])('that is %s is refused, with its path', (_case, wire, paths) => {
    expect(pathsOf(wire)).toEqual(paths);
  });

  it('is not refused because of quoted text', () => {
    const name = 'secret'.repeat(1_000);
    const issues = issuesOf({ json: { a: 1 }, meta: { values: { a: [name] } } });
    expect(issues?.join()).not.toContain('secret');
  });

  it('may leave values undefined, at up to fifty short paths of objects', () => {
    const keys = Array.from({ length: 50 }, (_, index) => `k${index}`);
    const given = { ...Object.fromEntries(keys.map((key) => [key, undefined])), b: 1 };
    expect(readInput(superjson.serialize(given))).toStrictEqual(given);
    expect(pathsOf(superjson.serialize({ ...given, more: undefined }))).toEqual(['meta.values']);
    const deep = { a: { 'x.y': { 'back\\slash': undefined } }, list: [{ c: undefined }] };
    expect(readInput(superjson.serialize(deep))).toStrictEqual(deep);
    expect(readInput(superjson.serialize(undefined))).toBeUndefined();
    expect(readInput({ meta: { values: ['undefined'] } })).toBeUndefined();
    expect(pathsOf(superjson.serialize({ ['k'.repeat(201)]: undefined }))).toHaveLength(1);
  });

  it.each([
    '{"json":{"a":null},"meta":{"values":{"__proto__":["undefined"]}}}',
    '{"json":{"a":null},"meta":{"values":{"__proto__.toString":["undefined"]}}}',
    '{"json":{"a":null},"meta":{"values":{"constructor.prototype.toString":["undefined"]}}}',
    '{"json":{"a":null},"meta":{"values":{"a.__proto__.x":["undefined"]}}}',
    '{"json":[null],"meta":{"values":{"length":["undefined"]}}}',
    '{"json":{"__proto__":{"x":null}},"meta":{"values":{"__proto__.y":["undefined"]}}}',
  ])('cannot reach a prototype: %s', (body) => {
    const before = Reflect.ownKeys(Object.prototype);
    expect(pathsOf(JSON.parse(body))).toHaveLength(1);
    expect(Reflect.ownKeys(Object.prototype)).toEqual(before);
    expect(typeof Object.prototype.toString).toBe('function');
  });

  it('keeps an own __proto__, past its setter', () => {
    const body: unknown = JSON.parse(
      '{"json":{"__proto__":{"x":null}},"meta":{"values":{"__proto__.x":["undefined"]}}}',
    );
    const input = readInput(body) as object;
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
    expect(Object.entries(input)).toEqual([['__proto__', { x: undefined }]]);
  });
});

describe('a call whose input is not plain JSON', () => {
  const hostile = { json: 100_000, meta: { v: 1, values: [['typed-array', 'Uint8Array']] } };

  it('is INVALID_INPUT, in a small answer, as a mutation, a query and a subscription', async () => {
    await using server = await startTestServer();
    const mutation = await postBody(server.url, 'workflow.turn', hostile);
    const encoded = encodeURIComponent(JSON.stringify(hostile));
    const query = await readAnswer(await fetch(`${server.url}/trpc/workflow.list?input=${encoded}`));
    for (const { status, error } of [mutation, query]) {
      expect([status, error?.data.reason, error?.data.retryable]).toEqual([400, 'INVALID_INPUT', false]);
      expect(error?.message).toContain('meta.values');
    }
    expect(mutation.size).toBeLessThan(2_000);
    const watch = await fetch(`${server.url}/trpc/workflow.watch?lastEventId=x&input=${encoded}`, {
      headers: { accept: 'text/event-stream' },
    });
    const stream = await watch.text();
    expect(stream).toContain('serialized-error');
    expect(stream).toContain('meta.values');
  });

  it('fails alone in its batch', async () => {
    await using server = await startTestServer();
    const response = await fetch(
      `${server.url}/trpc/workflow.get,workflow.get,workflow.list?batch=1&input=${encodeURIComponent(
        JSON.stringify({ 0: hostile, 1: { json: { conversationId: 'nobody' } }, 2: { json: {} } }),
      )}`,
    );
    const answers = (await response.json()) as { error?: { json: { data: { reason: string } } } }[];
    expect(answers.map(({ error }) => error?.json.data.reason)).toEqual([
      'INVALID_INPUT',
      'WORKFLOW_NOT_FOUND',
      undefined,
    ]);
  });

  it('names each of a few places, and says how many more there are', async () => {
    await using server = await startTestServer();
    const data = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`d${index}`, new Date(0)]));
    const { error } = await postBody(
      server.url,
      'workflow.turn',
      superjson.serialize({ ...turn, input: { type: 'cardAction', cardId: 'card-1.0', data } }),
    );
    expect(error?.message).toBe(
      'The input is not plain JSON: input.data.d0: must be JSON; it is marked as something else (superjson calls it "Date") (and 29 more)',
    );
    expect(error?.data.issues).toHaveLength(21);
    expect(error?.data.issues?.at(-1)).toEqual({ path: '', message: 'and 10 more' });
  });
});

describe('a plain client with superjson', () => {
  const clientOf = (url: string, link: 'single' | 'batch') =>
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: ({ type }) => type === 'subscription',
          true: httpSubscriptionLink({ url: `${url}/trpc`, transformer: superjson }),
          false:
            link === 'single'
              ? httpLink({ url: `${url}/trpc`, transformer: superjson })
              : httpBatchLink({ url: `${url}/trpc`, transformer: superjson }),
        }),
      ],
    });

  it.each(['single', 'batch'] as const)('may leave options undefined (%s)', async (link) => {
    await using server = await startTestServer();
    server.agent.willAnswer({ text: 'Hello' });
    const { workflow } = clientOf(server.url, link);
    const opened = await workflow.turn.mutate({
      ...{ conversationId: 'c', workflowId: 'travel', turnId: undefined, whenBusy: undefined },
      input: { type: 'open' },
    });
    expect(opened.turn.number).toBe(1);
    expect(opened.workflowState.expiresAt).toBeInstanceOf(Date);
    const [got, listed, all] = await Promise.all([
      workflow.get.query({ conversationId: 'c', messages: undefined }),
      workflow.list.query({ cursor: undefined, limit: undefined }),
      workflow.list.query(),
    ]);
    expect(got.workflowState.turnCount).toBe(1);
    expect([listed.conversations.length, all.conversations.length]).toEqual([1, 1]);
    expect(await workflow.definitions.query()).not.toEqual([]);
  });
});

describe('an input with tens of thousands of unknown keys', () => {
  it('is refused in a few kilobytes, with the first twenty and how many more there are', async () => {
    await using server = await startTestServer();
    const wide = Object.fromEntries(
      Array.from({ length: 28_000 }, (_, index) => [`k${index.toString(36)}`, 1]),
    );
    const { status, error, size } = await postBody(server.url, 'workflow.turn', {
      json: { ...turn, ...wide },
    });
    expect(status).toBe(400);
    expect(error?.message).toBe('The input is not valid: k0: is not a known key (and 27999 more)');
    expect(error?.data.issues).toHaveLength(21);
    expect(error?.data.issues?.at(-1)?.message).toBe('and 27980 more');
    expect(size).toBeLessThan(8_000);
  });

  it.each([
    ['a key of 200,000 characters', { json: { ...turn, ['k'.repeat(200_000)]: 1 } }],
    [
      'a key of card data',
      {
        json: {
          ...turn,
          input: { type: 'cardAction', cardId: 'card-1.0', data: { ['k'.repeat(200_000)]: null } },
        },
      },
    ],
    ['a path of a mark', { json: { a: null }, meta: { values: { ['a'.repeat(200_000)]: ['undefined'] } } }],
    ['a key of meta', { json: turn, meta: { ['k'.repeat(200_000)]: 1 } }],
    ['a cursor', { json: { cursor: 'c'.repeat(200_000) } }],
    ['a type', { json: { ...turn, input: { type: 't'.repeat(200_000) } } }],
  ])('or %s, is not quoted whole', async (_case, body) => {
    await using server = await startTestServer({ env: { SHOW_ERROR_CAUSES: 'true' } });
    const { status, size } = await postBody(server.url, 'workflow.turn', body);
    expect(status).toBe(400);
    expect(size).toBeLessThan(16_000);
  });

  it('nor is the path of an unknown procedure', async () => {
    await using server = await startTestServer();
    const response = await fetch(`${server.url}/trpc/${'p'.repeat(12_000)}`);
    expect((await response.text()).length).toBeLessThan(1_000);
  });
});
