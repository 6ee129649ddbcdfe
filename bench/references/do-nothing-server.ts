/**
 * The reference of a turn over HTTP: what tRPC itself costs with what we build on, its express adapter and superjson.
 * The mutation takes the input of a turn and does nothing.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { initTRPC } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import superjson from 'superjson';

const trpc = initTRPC.create({ transformer: superjson });

const router = trpc.router({
  workflow: trpc.router({
    turn: trpc.procedure.input((input: unknown) => input).mutation(() => ({ ok: true })),
  }),
});

/** @param port by default any free one */
export async function startDoNothingServer(port = 0): Promise<{ readonly url: string }> {
  const app = express();
  app.get('/readyz', (_request, response) => void response.sendStatus(200));
  app.use('/trpc', createExpressMiddleware({ router }));
  return { url: await listening(app.listen(port, '127.0.0.1')) };
}

/** The address of a server that was told to listen. */
export async function listening(server: Server): Promise<string> {
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
