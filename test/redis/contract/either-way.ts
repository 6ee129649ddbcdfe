import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import { z } from 'zod';
import { singleCalls } from '../../../server/http/single-call.ts';
import type { Dependencies } from '../../../server/orchestrator/dependencies.ts';
import { procedureWith, router } from '../../../server/router/procedure.ts';
import type { RouterContext } from '../../../server/router/procedure.ts';

/** A call of the contract suite whose outcome is written to the wire. */
interface Call {
  readonly path:
    | 'workflow.turn'
    | 'workflow.get'
    | 'workflow.end'
    | 'workflow.list'
    | 'workflow.choices'
    | 'workflow.stop'
    | 'workflow.definitions';
  readonly type: 'query' | 'mutation';
}

type Outcome = { readonly value: unknown } | { readonly thrown: unknown };

/**
 * Returns the procedure with a comparison after each call: the outcome, a value or an error, is written by the short
 * way and by tRPC's express adapter over real HTTP, and the statuses and bytes have to be the same.
 * @throws Error when they differ
 */
export function writtenEitherWay<Input, Output>(
  call: Call,
  run: (input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const running = run(input);
    const outcome = await running.then(
      (value): Outcome => ({ value }),
      (thrown: unknown): Outcome => ({ thrown }),
    );
    await compare(call, input, outcome);
    return running;
  };
}

const outcomes = new Map<string, Outcome>();
let count = 0;
let starting: Promise<string> | null = null;

async function compare(call: Call, input: unknown, outcome: Outcome): Promise<void> {
  const url = await (starting ??= startBothWays());
  const id = `outcome-${(count += 1)}`;
  outcomes.set(id, outcome);
  const short = await answerOf(`${url}/short`, call, input, id);
  const stock = await answerOf(`${url}/stock`, call, input, id);
  outcomes.delete(id);
  if (short !== stock)
    throw new Error(`${call.path} is written in two ways:\n  short: ${short}\n  stock: ${stock}`);
}

/** A server reads a URL of about this length at most; a test may pass more to a procedure in process. */
const mostInputChars = 8_000;

async function answerOf(base: string, { path, type }: Call, input: unknown, id: string): Promise<string> {
  const text = input === undefined ? '' : JSON.stringify({ json: input });
  const headers = { 'content-type': 'application/json', 'x-outcome': id };
  const inQuery = encodeURIComponent(text);
  const query = text === '' || inQuery.length > mostInputChars ? '' : `?input=${inQuery}`;
  const response =
    type === 'mutation'
      ? await fetch(`${base}/${path}`, { method: 'POST', headers, body: text })
      : await fetch(`${base}/${path}${query}`, { headers });
  return `${response.status} ${await response.text()}`;
}

/** Starts a server whose procedures have the outcomes that requests name; it serves them the short way and by express. */
async function startBothWays(): Promise<string> {
  const told = ({ ctx: { identity } }: { ctx: { identity: { user: string } } }): unknown => {
    const outcome = outcomes.get(identity.user);
    if (outcome === undefined) throw new Error('the request names no outcome');
    if ('thrown' in outcome) throw outcome.thrown;
    return outcome.value;
  };
  const procedure = procedureWith();
  const mutation = procedure.input(z.unknown()).mutation(told);
  const query = procedure.input(z.unknown()).query(told);
  const workflow = { turn: mutation, end: mutation, get: query, list: query, definitions: query };
  const stub = router({ workflow: router(workflow) });
  const contextOf = (headers: Readonly<Record<string, unknown>>): RouterContext => ({
    authentication: {
      kind: 'authenticated',
      identity: { tenant: 't', user: String(headers['x-outcome']) },
      accessToken: null,
    },
    dependencies: withoutUseCases,
    showsCauses: false,
  });
  const maxBodyBytes = 50_000_000;
  const app = express();
  app.use(
    '/stock',
    createExpressMiddleware({
      router: stub,
      maxBodySize: maxBodyBytes,
      createContext: ({ req }) => contextOf(req.headers),
    }),
  );
  const short = singleCalls({
    ...{ router: stub, apiPath: '/short', maxBodyBytes },
    isKnown: () => true,
    createContext: ({ headers }) => Promise.resolve(contextOf(headers)),
    onError: () => undefined,
    headersFor: () => [],
  });
  const server = createServer((request, response) => {
    if (!short(request, response)) app(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It serves all files of a worker, which ends with the run.
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The stub's procedures have their outcomes already, so all that they need is what reports and ids go to. */
const withoutUseCases = {
  ids: { errorId: () => 'the same' },
  observer: { tell: () => undefined },
} as unknown as Dependencies;
