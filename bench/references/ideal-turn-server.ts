/**
 * The least that a turn over HTTP could cost: the ideal turn behind tRPC's `createCaller` on bare `node:http`. No
 * adapter, no superjson, no schemas; the answer is as long as the agent's.
 */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { agentStructure } from '../world/workload.ts';
import { listening } from './do-nothing-server.ts';
import { IdealStore } from './ideal-store.ts';
import type { IdealStoreOptions } from './ideal-store.ts';

const call = z.object({ json: z.object({ conversationId: z.string() }) });

export async function startIdealTurnServer(options: IdealStoreOptions): Promise<{ readonly url: string }> {
  const store = new IdealStore(options);
  const trpc = initTRPC.create();
  const router = trpc.router({
    turn: trpc.procedure
      .input((input: unknown) => input as number)
      .mutation(async ({ input }) => agentStructure(await store.turn(input))),
  });
  const caller = trpc.createCallerFactory(router)({});
  const turn = async (request: IncomingMessage): Promise<string> => {
    const { json } = call.parse(JSON.parse(await text(request)));
    const conversation = Number(json.conversationId.slice(json.conversationId.lastIndexOf('-') + 1));
    return JSON.stringify({ result: { data: { json: await caller.turn(conversation) } } });
  };
  const server = createServer((request, response) => {
    turn(request).then(
      (body) => {
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        });
        response.end(body);
      },
      (error: unknown) => {
        response.writeHead(500);
        response.end(String(error));
      },
    );
  });
  server.listen(0, '127.0.0.1');
  return { url: await listening(server) };
}
