import { describe, expect, it } from 'vitest';
import { AgentFailure, ScriptedAgent } from '../../../server/testing/index.ts';
import type { ScriptedReply } from '../../../server/testing/index.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { deferred } from '../../support/deferred.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';

const promisedMs = 5_000;

describe('a person who waits', () => {
  it(
    'for a silent agent sees that within 5 s, and no longer once it answers',
    inBrowser(async ({ open, keep }) => {
      const { promise, resolve } = deferred<ScriptedReply>();
      const agent = new ScriptedAgent([{ text: 'Where to?' }, () => promise]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url);
      await chat.page.clock.install();
      await chat.page.reload();
      await chat.start('Business trip');
      await chat.say('Bergen');
      await eventually(() => agent.requests.length).toBe(2);
      expect(await chat.page.getByText('Still trying.').count()).toBe(0);
      await chat.page.clock.fastForward(promisedMs);
      await chat.seesStatus('Still trying. There is no answer yet.');
      resolve({ text: 'And when?' });
      await chat.sees('And when?');
      await chat.page.getByText('Still trying.').waitFor({ state: 'hidden' });
    }),
  );

  it(
    'for a silent server sees that after the first attempt, and the failure after the third',
    inBrowser(async ({ open, keep }) => {
      const broken = new AgentFailure('failed', 'told to');
      const agent = new ScriptedAgent([{ text: 'Where to?' }, broken, broken, broken]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url, { failedRequests: true });
      await chat.page.clock.install();
      await chat.page.reload();
      await chat.start('Business trip');
      await chat.page.clock.pauseAt(Date.now() + 3_600_000);
      await chat.say('Bergen');
      await chat.seesStatus('Still trying, 2nd attempt. The agent did not answer.');
      await eventually(async () => {
        await chat.page.clock.fastForward(1_000);
        return chat.messages.getByRole('alert').count();
      }).toBe(1);
      expect(await chat.page.getByText('Still trying.').count()).toBe(0);
      expect(chat.turnIds.slice(1)).toHaveLength(3);
    }),
  );

  it(
    'for a conversation to load sees that within 5 s',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer({ definitions: [travel] }));
      const chat = await open(server.url);
      await chat.page.clock.install();
      const { promise, resolve } = deferred();
      await chat.page.route('**/trpc/workflow.get*', async (route) => {
        await promise;
        // The page has closed by then.
        await route.abort().catch(() => undefined);
      });
      await chat.page.goto(`${server.url}/#/c/some-conversation`);
      await chat.page.reload();
      await chat.page.getByRole('heading', { name: 'Loading the conversation' }).waitFor();
      await chat.page.clock.fastForward(promisedMs);
      await chat.seesStatus('Still trying to load the conversation…');
      await chat.page.goto('about:blank');
      resolve();
    }),
  );
});
