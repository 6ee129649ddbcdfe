import { describe, expect, it } from 'vitest';
import { AgentFailure, ScriptedAgent } from '../../../server/testing/index.ts';
import type { ScriptedReply } from '../../../server/testing/index.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { deferred } from '../../support/deferred.ts';
import { startFront } from '../../support/proxy/front.ts';
import type { ChatPage } from './support/chat-page.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';
import { triesOfThePage, untilGivenUp } from './support/until-given-up.ts';

const failureIn = (chat: ChatPage) => chat.messages.getByRole('alert');

describe('a network that is cut in mid-turn', () => {
  it(
    'is tried again by itself with the same turn id, and the turn happens once',
    inBrowser(async ({ open, keep }) => {
      const { promise, resolve } = deferred<ScriptedReply>();
      const agent = new ScriptedAgent([{ text: 'Where to?' }, () => promise]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const front = keep(await startFront(server.url));
      const chat = await open(front.url, { failedRequests: true });
      await chat.start('Business trip');
      await chat.say('Bergen');
      await eventually(() => agent.requests.length).toBe(2);

      const accepted = front.accepted();
      front.cut();
      await eventually(() => front.accepted()).toBeGreaterThan(accepted);
      resolve({ text: 'And when?' });
      await chat.sees('And when?');
      await chat.sees('Bergen');
      expect(new Set(chat.turnIds.slice(1)).size).toBe(1);
      expect(agent.requests).toHaveLength(2);
    }),
  );

  it(
    'for longer leaves the message waiting, and sends it by itself when it is back: it happens once',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([{ text: 'Where to?' }, { text: 'And when?' }]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url, { failedRequests: true });
      await chat.page.clock.install();
      await chat.page.reload();
      await chat.start('Business trip');
      await chat.page.context().setOffline(true);
      await chat.say('Bergen');
      await untilGivenUp(chat);
      expect(await failureIn(chat).innerText()).toContain('Waiting for the connection.');
      expect(agent.requests).toHaveLength(1);

      await chat.page.context().setOffline(false);
      await chat.sees('And when?');
      await chat.sees('Bergen');
      expect(await failureIn(chat).count()).toBe(0);
      expect(new Set(chat.turnIds.slice(1)).size).toBe(1);
      expect(agent.requests).toHaveLength(2);
    }),
  );

  it(
    'that lost only the answer shows it on a retry, without asking the agent again',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([{ text: 'Where to?' }, { text: 'And when?' }]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url, { failedRequests: true });
      await chat.start('Business trip');
      let isLost = false;
      await chat.page.route('**/trpc/workflow.turn*', async (route) => {
        await route.fetch();
        if (isLost) return route.continue();
        isLost = true;
        return route.abort('connectionreset');
      });
      await chat.say('Bergen');
      await chat.sees('And when?');
      await chat.sees('Bergen');
      expect(await failureIn(chat).count()).toBe(0);
      expect(agent.requests).toHaveLength(2);
    }),
  );
});

describe('a turn that fails', () => {
  const broken = () => new AgentFailure('failed', 'told to');

  it(
    'is taken back, with the reason in plain words, and can be edited into another',
    inBrowser(async ({ open, keep }) => {
      const failures = Array.from({ length: triesOfThePage }, broken);
      const agent = new ScriptedAgent([{ text: 'Where to?' }, ...failures, { text: 'Oslo, then.' }]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url, { failedRequests: true });
      await chat.page.clock.install();
      await chat.page.reload();
      await chat.start('Business trip');
      await chat.say('Bergen');
      await untilGivenUp(chat);
      expect(await failureIn(chat).innerText()).not.toMatch(/AGENT_FAILED|told to|undefined|\[object/);
      const [, failed] = chat.turnIds;

      await chat.box.fill('Or Oslo');
      await chat.button('Edit').click();
      await eventually(() => chat.box.inputValue()).toBe('Bergen\nOr Oslo');
      expect(await chat.message('Bergen').count()).toBe(0);
      await chat.say('Oslo');
      await chat.sees('Oslo, then.');
      expect(chat.turnIds.at(-1)).not.toBe(failed);
    }),
  );
});

describe('a connection that is lost while nothing is sent', () => {
  it(
    'is reported, beside all that was loaded, until it is back',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([{ text: 'Where to?' }]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const front = keep(await startFront(server.url));
      const chat = await open(front.url, { failedRequests: true });
      await chat.start('Business trip');
      front.aim('http://127.0.0.1:1');
      front.cut();
      await chat.seesStatus('Connection lost. Trying to reconnect…');
      await chat.sees('Where to?');
      front.aim(server.url);
      await chat.page.getByText('Connection lost').waitFor({ state: 'hidden' });
    }),
  );
});

describe('a server that is replaced', () => {
  it(
    'is not noticed: the watch continues on the next one, and shows what happened meanwhile',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([{ text: 'Where to?' }, { text: 'And when?' }]);
      const first = keep(await startChatServer({ agent, definitions: [travel] }));
      const env = { REDIS_PREFIX: first.settings.redisPrefix };
      const second = keep(await startChatServer({ agent, definitions: [travel], env }));
      const front = keep(await startFront(first.url));
      const chat = await open(front.url, { failedRequests: true });
      await chat.start('Business trip');
      const other = await open(second.url, { hash: new URL(chat.page.url()).hash });
      await other.sees('Where to?');

      front.aim(second.url);
      await first.stop();
      await other.say('Bergen');
      await chat.sees('Bergen');
      await chat.sees('And when?');
    }),
  );
});
