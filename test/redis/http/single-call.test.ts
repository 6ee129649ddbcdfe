import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  asJson,
  bytes,
  conversationId,
  encoded,
  get,
  json,
  open,
  opening,
  post,
  said,
} from './calls-as-bytes.ts';
import type { Sent } from './calls-as-bytes.ts';
import { failingHeader, failingWords, startBothWays } from './two-ways.ts';
import type { Way } from './two-ways.ts';

const page = 'https://app.example.com';
// The rows run in their order: the first turn opens the conversation that most others are about.
let both: Awaited<ReturnType<typeof startBothWays>>;
beforeAll(async () => {
  both = await startBothWays({ env: { CORS_ORIGINS: page } });
});
afterAll(() => both[Symbol.asyncDispose]());

async function expectSame(
  [line, headers = [], body]: Sent,
  way: Way,
): Promise<{ status: number; body: string }> {
  const host = headers.some((header) => /^host:/i.test(header)) ? [] : ['Host: 127.0.0.1'];
  const result = await both.ask([line, ...host, ...headers], body);
  expect(result.answer).toEqual(result.expected);
  expect(result.way).toBe(way);
  return result.answer;
}

/** Sends what a client might send to a server that leaves every call to tRPC, and to one with the short way. */
function areTheSame(
  kind: string,
  cases: Readonly<Record<string, readonly [way: Way, status: number, sent: Sent]>>,
) {
  describe(kind, () => {
    it.each(Object.entries(cases))(
      'is answered by the same bytes either way: %s',
      async (_name, [way, status, sent]) => {
        expect((await expectSame(sent, way)).status).toBe(status);
      },
    );
  });
}

areTheSame('a call that is right', {
  'a turn that opens': ['short', 200, post('workflow.turn', open)],
  'the same turn again': ['short', 200, post('workflow.turn', open)],
  'a turn without an id': ['short', 200, post('workflow.turn', json(said('Oslo')))],
  'umlauts and pictures': ['short', 200, post('workflow.turn', json(said('Zürich 🚆')))],
  'an undefined option': [
    ...(['short', 200] as const),
    post(
      'workflow.turn',
      json({ json: { ...said('x').json, waitMs: null }, meta: { values: { waitMs: ['undefined'] } } }),
    ),
  ],
  'a get': ['short', 200, get(`workflow.get?input=${encoded({ json: { conversationId } })}`)],
  'a list without input': ['short', 200, get('workflow.list')],
  'a list with input': ['short', 200, get(`workflow.list?input=${encoded({ json: { limit: 1 } })}`)],
  'a list with an undefined input': [
    ...(['short', 200] as const),
    get(`workflow.list?input=${encoded({ json: null, meta: { values: ['undefined'] } })}`),
  ],
  definitions: ['short', 200, get('workflow.definitions')],
  'a get that says it sends JSON': ['short', 200, get('workflow.list', [asJson])],
  'a turn that opens another': [
    'short',
    200,
    post('workflow.turn', json({ json: { ...opening, conversationId: 'e' } })),
  ],
  'an end': [
    'short',
    200,
    post('workflow.end', json({ json: { conversationId: 'e', outcome: 'cancelled', purge: true } })),
  ],
  'a batch of one turn': ['short', 200, post('workflow.turn?batch=1', json({ 0: said('Bergen') }))],
  'a batch of one get': [
    ...(['short', 200] as const),
    get(`workflow.get?batch=1&input=${encoded({ 0: { json: { conversationId } } })}`),
  ],
  'a batch of one list': ['short', 200, get('workflow.list?batch=1')],
  'a batch of two': ['express', 200, get('workflow.list,workflow.list?batch=1&input=%7B%7D')],
  'a batch of two that share a path': [
    'express',
    207,
    get('workflow.list,workflow.get?batch=1&input=%7B%7D'),
  ],
});

areTheSame('an error of a call', {
  'no conversation': [
    'short',
    404,
    get(`workflow.get?input=${encoded({ json: { conversationId: 'none' } })}`),
  ],
  'no conversation, as expected': [
    ...(['short', 200] as const),
    get(`workflow.get?input=${encoded({ json: { conversationId: 'none', mayBeMissing: true } })}`),
  ],
  'no conversation, in a batch': [
    ...(['short', 404] as const),
    get(`workflow.get?batch=1&input=${encoded({ 0: { json: { conversationId: 'none' } } })}`),
  ],
  'an id used for another input': ['short', 409, post('workflow.turn', json(said('y', { turnId: 't-1' })))],
  'an unknown workflow': [
    ...(['short', 400] as const),
    post('workflow.turn', json({ json: { ...opening, conversationId: 'n', workflowId: 'none' } })),
  ],
  'an agent that fails': ['short', 502, post('workflow.turn', json(said(failingWords)))],
  'an input that does not fit': [
    'short',
    400,
    post('workflow.turn', json({ json: { conversationId: '', x: 1 } })),
  ],
  'an input that does not fit, in a batch': [
    'short',
    400,
    post('workflow.turn?batch=1', json({ 0: { json: {} } })),
  ],
  'an end of nothing': [
    'short',
    404,
    post('workflow.end', json({ json: { conversationId: 'n', outcome: 'cancelled' } })),
  ],
  'no input for a get': ['short', 400, get('workflow.get')],
  'a refused caller': ['short', 401, get('workflow.list', [`X-Dev-User: ${'u'.repeat(129)}`])],
  'a refused caller with a broken body': [
    'short',
    401,
    post('workflow.turn', '{', [asJson, 'Authorization: Bearer']),
  ],
  'a refused caller, in a batch': [
    'short',
    401,
    get('workflow.list?batch=1', [`X-Dev-Tenant: ${'t'.repeat(129)}`]),
  ],
  'an authenticator that fails': ['short', 503, get('workflow.list', [`${failingHeader}: 1`])],
});

areTheSame('a body', {
  'cut off': ['short', 400, post('workflow.turn', '{"json":')],
  empty: ['short', 400, post('workflow.turn', '')],
  blank: ['short', 400, post('workflow.turn', '  \r\n')],
  'a text': ['short', 400, post('workflow.turn', '"x"')],
  'a number': ['short', 400, post('workflow.turn', '1')],
  null: ['short', 400, post('workflow.turn', 'null')],
  'a list': ['short', 400, post('workflow.turn', '[]')],
  'not wrapped': ['short', 400, post('workflow.turn', json(opening))],
  'with more behind it': ['short', 400, post('workflow.turn', `${open}x`)],
  'cut off, in a batch': ['short', 400, post('workflow.turn?batch=1', '{"0":')],
  'a list, in a batch': ['short', 400, post('workflow.turn?batch=1', '[]')],
  'null, in a batch': ['short', 400, post('workflow.turn?batch=1', 'null')],
  'a batch without its call': ['short', 400, post('workflow.turn?batch=1', '{}')],
  'a batch with another call': ['short', 200, post('workflow.turn?batch=1', json({ 1: {}, 0: said('z') }))],
  'a single call that is a batch': ['short', 400, post('workflow.turn', json({ 0: { json: opening } }))],
  'with a byte order mark': ['short', 200, post('workflow.turn', bytes('\uFEFF') + open)],
  'with two byte order marks': ['short', 200, post('workflow.turn', bytes('\uFEFF\uFEFF') + open)],
  'with three byte order marks': ['short', 200, post('workflow.turn', bytes('\uFEFF\uFEFF\uFEFF') + open)],
  'in UTF-16': [
    'short',
    400,
    post('workflow.turn', bytes(Buffer.from(JSON.stringify({ json: opening }), 'utf16le'))),
  ],
  'in Latin-1': [
    'short',
    200,
    post(
      'workflow.turn',
      '{"json":{"conversationId":"c","input":{"type":"text","text":"Z\xFCrich \xE2\x82"}}}',
    ),
  ],
  compressed: [
    'short',
    400,
    post('workflow.turn', bytes(gzipSync(open)), [asJson, 'Content-Encoding: gzip']),
  ],
  'with a date': [
    'short',
    400,
    post('workflow.turn', json({ json: { ...opening, turnId: 0 }, meta: { values: { turnId: ['Date'] } } })),
  ],
  'with other marks': [
    'short',
    400,
    post('workflow.turn', json({ json: opening, meta: { referentialEqualities: {} } })),
  ],
  'with prototype keys': [
    'short',
    400,
    post('workflow.turn', '{"__proto__":{"json":1},"constructor":{"prototype":{}}}'),
  ],
  'with prototype keys inside': [
    'short',
    400,
    post('workflow.turn', '{"json":{"__proto__":{"x":1},"constructor":1}}'),
  ],
  'with a prototype in a path': [
    ...(['short', 400] as const),
    post('workflow.turn', json({ json: opening, meta: { values: { '__proto__.x': ['undefined'] } } })),
  ],
  'a batch of a prototype': ['short', 400, post('workflow.turn?batch=1', '{"__proto__":{"0":{"json":{}}}}')],
  deep: ['short', 400, post('workflow.turn', '['.repeat(30_000) + ']'.repeat(30_000))],
  'as large as it may be': ['short', 200, post('workflow.turn', open.padEnd(65_536))],
  'larger than it may be': ['express', 413, post('workflow.turn', open.padEnd(65_537))],
  'in chunks': [
    ...(['express', 200] as const),
    [
      'POST /trpc/workflow.turn HTTP/1.1',
      [asJson, 'Transfer-Encoding: chunked'],
      `${open.length.toString(16)}\r\n${open}\r\n0\r\n\r\n`,
    ],
  ],
  'that is not there': ['express', 400, ['POST /trpc/workflow.turn HTTP/1.1', [asJson]]],
  'that is announced': ['short', 100, post('workflow.turn', open, [asJson, 'Expect: 100-continue'])],
  'of a get': ['express', 200, ['GET /trpc/workflow.list HTTP/1.1', [asJson, 'Content-Length: 2'], '{}']],
});

areTheSame('a content type', {
  'with a charset': [
    'short',
    200,
    post('workflow.turn', open, ['Content-Type: application/json; charset=utf-8']),
  ],
  'with another charset': [
    'short',
    200,
    post('workflow.turn', open, ['Content-Type: application/json;charset=latin1']),
  ],
  'in capitals': ['short', 200, post('workflow.turn', open, ['CONTENT-TYPE: Application/JSON'])],
  'with spaces': ['short', 200, post('workflow.turn', open, ['Content-Type:   application/json ;x=y'])],
  'given twice': ['short', 200, post('workflow.turn', open, [asJson, 'Content-Type: text/plain'])],
  'given twice, the other first': [
    'express',
    415,
    post('workflow.turn', open, ['Content-Type: text/plain', asJson]),
  ],
  'of a text': ['express', 415, post('workflow.turn', open, ['Content-Type: text/plain'])],
  'of a form': [
    'express',
    415,
    post('workflow.turn', open, ['Content-Type: multipart/form-data; boundary=x']),
  ],
  'of bytes': ['express', 415, post('workflow.turn', open, ['Content-Type: application/octet-stream'])],
  'like it': ['express', 415, post('workflow.turn', open, ['Content-Type: application/json5'])],
  missing: ['express', 415, post('workflow.turn', open, [])],
  'of a get, a form': ['express', 400, get('workflow.list', ['Content-Type: multipart/form-data'])],
  'of a get, bytes': ['express', 400, get('workflow.list', ['Content-Type: application/octet-stream'])],
  'of a get, a text': ['express', 200, get('workflow.list', ['Content-Type: text/plain'])],
});

areTheSame('a header', {
  'Accept of a browser': ['short', 200, get('workflow.list', ['Accept: text/html,application/json;q=0.9'])],
  'Accept of a stream': ['express', 400, get('workflow.list', ['Accept: application/jsonl'])],
  'Accept of a stream, in a batch': [
    'express',
    200,
    get('workflow.list?batch=1', ['Accept: application/jsonl']),
  ],
  'trpc-accept': ['express', 400, get('workflow.list', ['trpc-accept: application/jsonl'])],
  'trpc-accept, in a batch': [
    'express',
    200,
    post('workflow.turn?batch=1', json({ 0: said('s') }), [asJson, 'trpc-accept: application/jsonl']),
  ],
  'trpc-accept of anything': ['express', 200, get('workflow.list', ['trpc-accept: x'])],
  'Origin of a page that may call': ['short', 200, get('workflow.list', [`Origin: ${page}`])],
  'Origin of a page that may call, for an error': [
    'short',
    400,
    post('workflow.turn', '{', [asJson, `Origin: ${page}`]),
  ],
  'Origin of the server': [
    'short',
    200,
    get('workflow.list', ['Host: 127.0.0.1:1', 'Origin: http://127.0.0.1:1']),
  ],
  'Origin of another page': ['express', 403, get('workflow.list', ['Origin: https://evil.example'])],
  'Origin given twice': ['express', 403, get('workflow.list', [`Origin: ${page}`, `Origin: ${page}`])],
  'Host of another server': ['express', 403, get('workflow.list', ['Host: evil.example'])],
  'Host given twice': ['express', 400, get('workflow.list', ['Host: 127.0.0.1', 'Host: 127.0.0.1'])],
  'Host given twice, after it was known': [
    'express',
    400,
    get('workflow.list', ['Host: 127.0.0.1', 'host: evil.example']),
  ],
  'Host in capitals': ['short', 200, get('workflow.list', ['HOST: LOCALHOST.'])],
  'Host that is empty': ['express', 400, get('workflow.list', ['Host:'])],
  'a user given twice': ['short', 200, get('workflow.list', ['X-Dev-User: a', 'X-Dev-User: b'])],
  'a prototype': ['short', 200, get('workflow.list', ['__proto__: x', 'constructor: y'])],
  'a condition': ['short', 200, get('workflow.list', ['If-None-Match: *', 'Range: bytes=0-1'])],
});

areTheSame('a method', {
  HEAD: ['express', 204, ['HEAD /trpc/workflow.list HTTP/1.1']],
  'OPTIONS of a page that may call': [
    ...(['express', 204] as const),
    ['OPTIONS /trpc/workflow.turn HTTP/1.1', [`Origin: ${page}`, 'Access-Control-Request-Method: POST']],
  ],
  PUT: ['express', 405, ['PUT /trpc/workflow.turn HTTP/1.1', [asJson, 'Content-Length: 2'], '{}']],
  'GET of a mutation': ['express', 400, get(`workflow.turn?input=${encoded({ json: opening })}`)],
  'POST of a query': ['express', 400, post('workflow.list', '{"json":{}}')],
});

areTheSame('an address', {
  'of no procedure': ['express', 400, get('workflow.none')],
  'of no procedure, for a POST': ['express', 400, post('workflow.none', open)],
  'of a prototype': ['express', 400, get('__proto__')],
  'of a constructor': ['express', 400, post('constructor', open)],
  'of a method of objects': ['express', 400, get('toString')],
  'of a prototype of the router': ['express', 400, get('workflow.__proto__')],
  'with an encoded dot': ['express', 200, get('workflow%2Elist')],
  'with an encoded letter': ['express', 200, get('%77orkflow.list')],
  'with a broken code': ['express', 400, get('%ff')],
  'in capitals': ['express', 200, ['GET /TRPC/workflow.list HTTP/1.1']],
  'of nothing below a procedure': ['express', 400, get('workflow.list/x')],
  'with a folder': ['express', 200, get('x/workflow.list')],
  'with two slashes': ['express', 200, get('/workflow.list')],
  'with a slash at its end': ['express', 400, get('workflow.list/')],
  'with a host': ['express', 200, ['GET http://127.0.0.1/trpc/workflow.list HTTP/1.1']],
  'with a foreign host': ['express', 403, ['GET http://evil.example/trpc/workflow.list HTTP/1.1']],
  'with an empty query': ['express', 200, get('workflow.list?')],
  'with an empty batch': ['express', 200, get('workflow.list?batch=0')],
  'with two batches': ['express', 200, get('workflow.list?batch=1&batch=0')],
  'with an encoded batch': ['express', 200, get('workflow.list?%62atch=%31')],
  'with an input before the batch': ['express', 200, get('workflow.list?input=%7B%7D&batch=1')],
  'of a POST with an input': ['express', 200, post('workflow.turn?input=%7B', open)],
  'of a POST with a batch and an input': [
    'express',
    200,
    post('workflow.turn?batch=1&input=%7B', json({ 0: said('q') })),
  ],
  'with parameters of a connection': ['express', 200, get('workflow.list?connectionParams=%7B%7D')],
  'with an empty input': ['express', 200, get('workflow.list?input=')],
  'with an input that is cut off': ['short', 400, get('workflow.list?input=%7B')],
  'with an input that is no batch': ['short', 400, get('workflow.list?batch=1&input=%5B%5D')],
  'with an input as it is': ['short', 200, get('workflow.list?input={"json":{"limit":1}}')],
  'with an input in quotes': ['short', 400, get("workflow.list?input='x'")],
  'with a plus': ['express', 200, get('workflow.list?input={"json":+{}}')],
  'with an encoded plus': ['short', 400, get('workflow.list?input=%7B%22json%22:%2B1%7D')],
  'with a broken code in the input': ['express', 400, get('workflow.list?input=%')],
  'with bytes in the input that are no text': ['express', 400, get('workflow.list?input=%22%ff%22')],
  'with a byte order mark in the input': [
    'short',
    400,
    get('workflow.list?input=%EF%BB%BF%7B%22json%22%3A%7B%7D%7D'),
  ],
  'with half a surrogate pair in the input': ['express', 400, get('workflow.list?input=%22%ED%A0%80%22')],
  'with a NUL in the input': ['short', 400, get('workflow.list?input=%00')],
  'with two inputs': ['express', 200, get('workflow.list?input={"json":{}}&input=%7B')],
  'with an equals sign in the input': ['short', 400, get('workflow.list?input=a=b')],
  'with prototype keys in the input': [
    'short',
    400,
    get('workflow.list?input={"json":{"__proto__":{"limit":1}}}'),
  ],
  'with a long input': ['short', 400, get(`workflow.list?input=${'a'.repeat(8_000)}`)],
  'of a watch that can’t begin': ['express', 400, get('workflow.watch?batch=1&input=%7B%7D')],
});

describe('what is logged', () => {
  it('is the same either way', () => {
    const told = (events: typeof both.lean.events) =>
      events.map((event) => ({ ...event, error: String('error' in event) }));
    expect(told(both.lean.events)).toEqual(told(both.stock.events));
    expect(both.lean.events.map(({ type }) => type)).toContain('authentication.failed');
  });
});

describe('HTTP/1.0', () => {
  it('is left to express', async () => {
    await expectSame(['GET /trpc/workflow.list HTTP/1.0'], 'express');
  });
});
