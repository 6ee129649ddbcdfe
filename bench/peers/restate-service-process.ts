/**
 * The turn on Restate: a virtual object, whose key is the conversation. Restate runs one handler of a key at a time,
 * and journals its steps and its state; the idempotency key of the call is the turn id. It keeps no transcript here: a
 * value a turn would be loaded with every later turn.
 */
import * as restate from '@restatedev/restate-sdk';
import { createEndpointHandler } from '@restatedev/restate-sdk/node';
import { createServer } from 'node:http2';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { answerCommands } from '../processes/answer-commands.ts';
import { agentStructure, openingData } from '../world/workload.ts';

// The SDK is written for Node 22; this is the one function of it that Node 20 lacks.
if (!('withResolvers' in Promise)) {
  Object.assign(Promise, {
    withResolvers: () => {
      const parts: Record<string, unknown> = {};
      const promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
      return { ...parts, promise };
    },
  });
}

const inputSchema = z.object({ turn: z.int(), text: z.string() });

const conversation = restate.object({
  name: 'conversation',
  handlers: {
    turn: async (ctx: restate.ObjectContext, input: unknown) => {
      const { turn } = inputSchema.parse(input);
      const collected = (await ctx.get<Record<string, string>>('collected')) ?? openingData;
      const structure = await ctx.run('agent', () => agentStructure(turn));
      ctx.set('collected', { ...collected, ...structure.data });
      return structure;
    },
  },
});

const server = createServer(createEndpointHandler({ services: [conversation] }));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

answerCommands({ url: () => Promise.resolve(`http://127.0.0.1:${port}`) });
