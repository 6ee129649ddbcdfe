import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import type { ScriptedReply } from '../../../server/testing/index.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { deferred } from '../../support/deferred.ts';
import type { ChatPage } from './support/chat-page.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';

const hashOf = (chat: ChatPage): string => new URL(chat.page.url()).hash;

/** An agent's answer that the test releases. */
function held() {
  const { promise, resolve } = deferred<ScriptedReply>();
  return { give: resolve, later: () => promise };
}

describe('two tabs on one conversation', () => {
  it(
    'each show the turns of the other: the words, the answer, the progress and what was collected',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([
        { text: 'Where to?' },
        { text: 'And when?', data: { destination: 'Bergen' } },
        { text: 'How many nights?', data: { departure: '2027-03-01' } },
      ]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const first = await open(server.url);
      await first.start('Business trip');
      const second = await open(server.url, { besides: first, hash: hashOf(first) });
      await second.sees('Where to?');

      await first.say('To Bergen, please');
      for (const tab of [first, second]) {
        await tab.sees('To Bergen, please');
        await tab.sees('And when?');
        await tab.seesSaved('Destination');
      }
      await second.say('On the first of March');
      for (const tab of [first, second]) {
        await tab.sees('On the first of March');
        await tab.sees('How many nights?');
      }
    }),
  );

  it(
    'show the text of a running turn as it comes, in the other tab too',
    inBrowser(async ({ open, keep }) => {
      const { promise: goOn, resolve: letGoOn } = deferred<undefined>();
      const piece = (text: string, streamSequence: number) => ({
        type: 'typing',
        text,
        entities: [{ type: 'streaminfo', streamId: 's-1', streamType: 'streaming', streamSequence }],
      });
      const agent = new ScriptedAgent([
        { text: 'Where to?' },
        async function* streamed() {
          yield piece('Bergen is', 1);
          await goOn;
          yield {
            type: 'message',
            text: 'Bergen is a fine place.',
            entities: [{ type: 'streaminfo', streamId: 's-1', streamType: 'final' }],
          };
        },
      ]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const first = await open(server.url);
      await first.start('Business trip');
      const second = await open(server.url, { besides: first, hash: hashOf(first) });
      await second.sees('Where to?');
      await first.say('Bergen');
      for (const tab of [first, second]) await tab.message('Bergen is').waitFor();
      letGoOn(undefined);
      for (const tab of [first, second]) await tab.sees('Bergen is a fine place.');
    }),
  );

  it(
    'show that the other is being answered, and can send after it',
    inBrowser(async ({ open, keep }) => {
      const [slow, next] = [held(), held()];
      const agent = new ScriptedAgent([{ text: 'Where to?' }, slow.later, next.later]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const first = await open(server.url);
      await first.start('Business trip');
      const second = await open(server.url, { besides: first, hash: hashOf(first) });
      await second.sees('Where to?');

      await first.say('Bergen');
      await second.seesStatus('An earlier message is still being answered.');
      await second.box.fill('No, Oslo');
      await second.button('Send').click();
      slow.give({ text: 'Bergen it is.' });
      next.give({ text: 'Oslo, then.' });
      for (const tab of [first, second]) {
        await tab.sees('Bergen it is.');
        await tab.sees('Oslo, then.');
      }
      expect(second.turns.map(({ whenBusy }) => whenBusy)).toEqual(['wait']);
    }),
  );

  it(
    'offer to edit an unsent answer once the other was answered, because the question may have changed',
    inBrowser(async ({ open, keep }) => {
      const slow = held();
      const agent = new ScriptedAgent([{ text: 'Where to?' }, slow.later, { text: 'How many nights?' }]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const first = await open(server.url);
      await first.start('Business trip');
      const second = await open(server.url, { besides: first, hash: hashOf(first), failedRequests: true });
      // The second tab does not know about the other tab's turn until the test lets its watch through.
      const { promise: goOn, resolve: letGoOn } = deferred<undefined>();
      await second.page.route('**/trpc/workflow.watch*', async (route) => {
        await goOn;
        await route.continue();
      });
      await second.page.reload();
      await second.sees('Where to?');

      await first.say('Bergen');
      await eventually(() => agent.requests.length).toBe(2);
      await second.say('Oslo');
      await second.button('Wait and send').waitFor();
      letGoOn(undefined);
      slow.give({ text: 'And when?' });
      await second.sees('And when?');
      await second.messages.getByText('the question may have changed').waitFor();
      expect(await second.button('Wait and send').count()).toBe(0);
      await second.button('Send anyway').waitFor();
      await second.button('Edit').click();
      expect(await second.box.inputValue()).toBe('Oslo');
      await second.box.fill('In May');
      await second.button('Send').click();
      await second.sees('How many nights?');
    }),
  );

  it(
    'can interrupt the other, which says so and can retry with the same turn',
    inBrowser(async ({ open, keep }) => {
      const [never, after] = [held(), { text: 'Bergen after all.' }];
      const agent = new ScriptedAgent([{ text: 'Where to?' }, never.later, { text: 'Oslo, then.' }, after]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const first = await open(server.url, { failedRequests: true });
      await first.start('Business trip');
      const second = await open(server.url, { besides: first, hash: hashOf(first) });
      await second.sees('Where to?');

      await first.say('Bergen');
      await second.seesStatus('An earlier message is still being answered.');
      await second.box.fill('No, Oslo');
      await second.button('Interrupt it and send').click();
      for (const tab of [first, second]) await tab.sees('Oslo, then.');
      expect(await second.message('Bergen').count()).toBe(0);

      await first.messages.getByRole('alert').waitFor();
      // The question may have changed, so no single press sends the old answer.
      await first.button('Send anyway').click();
      await first.button('Yes, send it').click();
      for (const tab of [first, second]) await tab.sees('Bergen after all.');
      expect(new Set(first.turnIds.slice(1)).size).toBe(1);
    }),
  );

  it(
    'both show the summary when one ends the conversation',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const first = await open(server.url);
      await first.start('Leave request');
      const second = await open(server.url, { besides: first, hash: hashOf(first) });
      await second.messages.getByRole('listitem').first().waitFor();

      await first.button('End conversation').click();
      const dialog = first.page.getByRole('dialog', { name: 'End this conversation?' });
      await dialog.getByRole('radio', { name: 'Cancel it' }).check();
      await dialog.getByRole('textbox', { name: 'Reason (optional)' }).fill('We stay at home.');
      await dialog.getByRole('button', { name: 'Cancel it' }).click();
      for (const tab of [first, second])
        await tab.summary.getByRole('heading', { name: 'Leave request was cancelled' }).waitFor();
      await first.summary.getByText('We stay at home.').waitFor();
    }),
  );
});

/** Sets the visibility as the browser does when the user switches to another tab, or back. */
const setVisibility = ({ page }: ChatPage, state: 'hidden' | 'visible') =>
  page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  `);

describe('tabs that nobody looks at', () => {
  it(
    'catch up when they are shown again, and take no connection from the visible tab',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([{ text: 'Where to?' }, { text: 'And when?' }]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const first = await open(server.url);
      await first.start('Business trip');
      // A browser opens six connections to one server: a watch in each tab would leave none.
      const others: ChatPage[] = [];
      for (let tab = 1; tab <= 6; tab += 1) {
        const other = await open(server.url, { besides: first, hash: hashOf(first) });
        await other.sees('Where to?');
        await setVisibility(other, 'hidden');
        others.push(other);
      }
      await first.say('Bergen');
      await first.sees('And when?');
      for (const other of others.slice(0, 2)) {
        await setVisibility(other, 'visible');
        await other.sees('And when?');
      }
    }),
  );
});
