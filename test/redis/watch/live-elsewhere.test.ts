import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import type { WatchEvent } from '../../../client-sdk/src/index.ts';
import { AgentFailure, ScriptedAgent } from '../../../server/testing/index.ts';
import { nextOf } from '../client-sdk/open-watched.ts';
import { survey } from '../contract/sample-workflows.ts';
import { finalMessage, pieces } from '../../unit/answer/live/sample-pieces.ts';
import { deferred } from '../../support/deferred.ts';
import { freshPrefix } from '../../support/raw-redis.ts';
import { startTestServer } from '../../support/running-server.ts';

/** A conversation whose turns run on one server, watched over HTTP on another one. */
async function watchFromElsewhere() {
  const agent = new ScriptedAgent([{ text: 'Hello.' }]);
  const env = { REDIS_PREFIX: freshPrefix().slice(0, 20) };
  const here = await startTestServer({ agent, definitions: [survey], env });
  const elsewhere = await startTestServer({ definitions: [survey], env });
  const conversation = createTurnkeeperClient({ url: here.url, retry: { attempts: 1 } }).resume('c');
  await conversation.open();
  const events = createTurnkeeperClient({ url: elsewhere.url }).resume('c').watch();
  await nextOf(events, 'watch.started');
  return {
    ...{ agent, conversation, events },
    [Symbol.asyncDispose]: async () => {
      await events.return?.();
      await Promise.all([here.stop(), elsewhere.stop()]);
    },
  };
}

/** Applies one event to a growing text, as a client does. */
function grown(shown: string, event: WatchEvent): string {
  return event.type === 'message.delta' ? shown.slice(0, event.offset) + event.text : shown;
}

describe('a turn that runs on another server', () => {
  it('is seen as it comes: that it runs, the agent at work, its words, and the turn once it is committed', async () => {
    await using test = await watchFromElsewhere();
    const goOn = deferred();
    const finish = deferred();
    const [first, ...others] = pieces(['Where', ' would', ' you go?']);
    test.agent.willAnswer(async function* () {
      yield { type: 'typing' };
      await goOn.promise;
      if (first !== undefined) yield first;
      yield* others;
      await finish.promise;
      yield finalMessage('Where would you go?');
    });
    const turn = test.conversation.turn('on', { turnId: 'live' });
    const types = ['turn.started', 'agent.typing', 'message.delta', 'turn.committed'] as const;
    expect(await nextOf(test.events, ...types)).toMatchObject({ type: 'turn.started', turnId: 'live' });
    expect(await nextOf(test.events, ...types)).toMatchObject({ type: 'agent.typing', turnId: 'live' });
    goOn.resolve();
    let shown = '';
    while (shown !== 'Where would you go?')
      shown = grown(shown, await nextOf(test.events, 'message.delta', 'turn.committed'));
    finish.resolve();
    await turn;
    expect(await nextOf(test.events, 'turn.committed')).toMatchObject({
      turnId: 'live',
      messages: [{ text: 'on' }, { text: 'Where would you go?' }],
    });
  });

  it('is seen to fail, with the reason that its caller gets', async () => {
    await using test = await watchFromElsewhere();
    test.agent.willAnswer(new AgentFailure('failed', 'told to'));
    await expect(test.conversation.turn('on', { turnId: 'bad' })).rejects.toMatchObject({
      reason: 'AGENT_FAILED',
    });
    expect(await nextOf(test.events, 'turn.failed')).toMatchObject({
      ...{ turnId: 'bad', turnNumber: 2, reason: 'AGENT_FAILED', retryable: true },
    });
  });
});
