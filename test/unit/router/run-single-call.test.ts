import { initTRPC, TRPCError } from '@trpc/server';
import { resolveResponse } from '@trpc/server/http';
import { describe, expect, it } from 'vitest';
import { transformer } from '../../../server/router/input-transformer.ts';
import { runSingleCall } from '../../../server/router/run-single-call.ts';

const trpc = initTRPC.create({ transformer, isDev: false });
const router = trpc.router({
  fine: trpc.procedure.query(() => ({ at: new Date(0) })),
  echo: trpc.procedure.input((raw: unknown) => raw).mutation(({ input }) => ({ input: input ?? null })),
  twice: trpc.procedure
    .use(async ({ getRawInput, next }) =>
      next({ ctx: { isSame: (await getRawInput()) === (await getRawInput()) } }),
    )
    .mutation(({ ctx }) => ctx.isSame),
  nothing: trpc.procedure.query(() => undefined),
  thrown: trpc.procedure.query(() => {
    throw new Error('a fault');
  }),
  odd: trpc.procedure.query(() => {
    // oxlint-disable-next-line typescript/only-throw-error -- a procedure may throw anything
    throw 'a text';
  }),
  refused: trpc.procedure.query(() => {
    throw new TRPCError({ code: 'FORBIDDEN', message: 'no' });
  }),
  // superjson refuses such a key.
  unwritable: trpc.procedure.query(() => ({ constructor: 1 })),
});

interface Case {
  readonly path: string;
  readonly type?: 'query' | 'mutation';
  readonly isBatch?: boolean;
  readonly text?: string;
  readonly createContext?: () => Promise<never>;
}

async function byTrpc({ path, type = 'query', isBatch = false, text, createContext = noContext }: Case) {
  const told: string[] = [];
  const url = `http://localhost/${path}${isBatch ? '?batch=1' : ''}`;
  const response = await resolveResponse({
    router,
    path,
    req: new Request(url, {
      method: type === 'query' ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      ...(text === undefined ? {} : { body: text }),
    }),
    error: null,
    createContext,
    onError: ({ error }) => void told.push(`${error.code}: ${error.message}`),
  });
  return { told, status: response.status, body: await response.text() };
}

async function byUs({ path, type = 'query', isBatch = false, text, createContext = noContext }: Case) {
  const told: string[] = [];
  const onError = (error: TRPCError) => void told.push(`${error.code}: ${error.message}`);
  const call = { path, type, isBatch, text: text ?? null };
  const answer = await runSingleCall(router, call, { createContext, onError });
  return { told, ...answer };
}

const noContext = () => Promise.resolve({} as never);
const failing = () => Promise.reject(new Error('no context'));

describe('a single call', () => {
  it.each<[string, number, Case]>([
    ['a result', 200, { path: 'fine' }],
    ['a result in a batch', 200, { path: 'fine', isBatch: true }],
    ['no result', 200, { path: 'nothing' }],
    ['an input', 200, { path: 'echo', type: 'mutation', text: '{"json":{"a":[1]}}' }],
    ['an input in a batch', 200, { path: 'echo', type: 'mutation', isBatch: true, text: '{"0":{"json":2}}' }],
    ['an input that is read twice', 200, { path: 'twice', type: 'mutation', text: '{"json":{}}' }],
    ['no JSON', 400, { path: 'echo', type: 'mutation', text: '{' }],
    ['no batch', 400, { path: 'echo', type: 'mutation', isBatch: true, text: '[]' }],
    ['an error', 500, { path: 'thrown' }],
    ['an error in a batch', 500, { path: 'thrown', isBatch: true }],
    ['a text that is thrown', 500, { path: 'odd' }],
    ['a refusal', 403, { path: 'refused' }],
    ['a result that superjson can’t write', 500, { path: 'unwritable' }],
    ['a result that superjson can’t write, in a batch', 500, { path: 'unwritable', isBatch: true }],
    ['a context that fails', 500, { path: 'fine', createContext: failing }],
    ['a context that fails, for a batch', 500, { path: 'fine', isBatch: true, createContext: failing }],
  ])('is answered and reported as tRPC does: %s', async (_name, status, call) => {
    const answer = await byUs(call);
    // None of these is refused for its credentials.
    expect(answer).toEqual({ ...(await byTrpc(call)), headers: [] });
    expect([answer.status, answer.told.length]).toEqual([status, status === 200 ? 0 : 1]);
  });
});
