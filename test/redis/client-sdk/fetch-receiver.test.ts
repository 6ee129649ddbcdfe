import { expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import { serve } from './serve.ts';

/** A browser's fetch: it throws a TypeError for any receiver but the window. */
function browserFetch(this: unknown, ...request: Parameters<typeof fetch>): Promise<Response> {
  if (this !== undefined) throw new TypeError('Illegal invocation');
  return fetch(...request);
}

it('calls and watches with a fetch that, like a browser’s, takes no receiver', async () => {
  const agent = new ScriptedAgent();
  agent.willAnswer({ text: 'Hello.' });
  const server = await serve(agent);
  const client = createTurnkeeperClient({ url: server.url, fetch: browserFetch, retry: { attempts: 1 } });
  const conversation = client.conversation('leave-request');
  await conversation.turn('Hello');
  const types: string[] = [];
  for await (const event of conversation.watch({ after: 0 })) {
    types.push(event.type);
    if (event.type === 'turn.committed') break;
    if (event.type === 'watch.interrupted') throw event.error;
  }
  expect(types).toEqual(['watch.started', 'turn.committed']);
  await server.stop();
});
