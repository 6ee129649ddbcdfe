import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import type { WatchEvent } from '../../../client-sdk/src/index.ts';
import { ScriptedAgent } from '../../../server/testing/scripted-agent.ts';
import { startFront } from '../../support/proxy/front.ts';
import { pacedClient } from './paced.ts';
import { serve } from './serve.ts';

/** A server with an open conversation, and a proxy in front of it that can be cut. */
export async function openWatched() {
  const agent = new ScriptedAgent();
  const server = await serve(agent);
  const front = await startFront(server.url);
  const tokens: string[] = [];
  const { client, delaysMs } = pacedClient({
    url: front.url,
    headers: () => {
      tokens.push(`token-${tokens.length}`);
      return { authorization: `Bearer ${tokens.at(-1) ?? ''}` };
    },
  });
  const conversation = client.conversation('leave-request');
  // This client bypasses the proxy: a fault that cuts the watch must not cut the turns.
  const elsewhere = createTurnkeeperClient({ url: server.url }).conversation(
    'leave-request',
    conversation.id,
  );
  const say = (words: string) => {
    agent.willAnswer({ text: `You said ${words}.` });
    return elsewhere.turn(words, { turnId: words });
  };
  await say('one');
  return {
    ...{ agent, server, front, conversation, elsewhere, say, tokens, delaysMs, client },
    [Symbol.asyncDispose]: async () => {
      await front[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

/** Resolves with the next event of one of these types. */
export async function nextOf(
  events: AsyncIterator<WatchEvent>,
  ...types: WatchEvent['type'][]
): Promise<WatchEvent> {
  for (;;) {
    const next: IteratorResult<WatchEvent, unknown> = await events.next();
    if (next.done === true) throw new Error('the watch has ended');
    if (types.includes(next.value.type)) return next.value;
  }
}
