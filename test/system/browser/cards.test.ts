import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import type { ScriptedReply } from '../../../server/testing/index.ts';
import { deferred } from '../../support/deferred.ts';
import type { ChatPage } from './support/chat-page.ts';
import { startChatServer } from './support/chat-server.ts';
import { inBrowser } from './support/in-browser.ts';
import { deskCard, orders } from './support/orders.ts';
import { showing } from './support/showing.ts';

const cardIn = (chat: ChatPage) => chat.page.getByRole('group', { name: 'Card from the agent' });

const agentWithCard = () =>
  new ScriptedAgent([
    showing(deskCard),
    { text: 'Ordered.', data: { width: 160, colour: 'oak', deliverOn: '2027-05-03' } },
  ]);

describe('an Adaptive Card', () => {
  it(
    'is rendered, filled in and submitted; the agent gets its data, and the sent card stays, also after a reload',
    inBrowser(async ({ open, keep }) => {
      const agent = agentWithCard();
      const server = keep(await startChatServer({ agent, definitions: [orders] }));
      const chat = await open(server.url);
      await chat.start('Order a desk');
      const drawn = cardIn(chat);
      await drawn.getByText('Your desk').waitFor();
      expect(await drawn.locator('strong').innerText()).toBe('desk');
      await drawn.getByLabel('Width in cm').fill('160');
      await drawn.getByRole('radio', { name: 'Oak' }).check();
      await drawn.getByLabel('Deliver on').fill('2027-05-03');
      await drawn.getByRole('button', { name: 'Order it' }).click();

      await chat.sees('Ordered.');
      await chat.seesSaved('Width');
      expect(agent.requests.at(-1)?.input).toMatchObject({
        type: 'cardAction',
        data: { width: '160', colour: 'oak', deliverOn: '2027-05-03' },
        action: { name: 'order' },
      });
      for (const when of ['at once', 'after a reload']) {
        await drawn.getByText('Sent', { exact: true }).waitFor();
        await chat.message('Sent the card').waitFor();
        expect(await drawn.getByLabel('Width in cm').isDisabled(), when).toBe(true);
        expect(await drawn.getByLabel('Width in cm').inputValue(), when).toBe('160');
        expect(await drawn.getByRole('radio', { name: 'Oak' }).isChecked(), when).toBe(true);
        await chat.page.reload();
      }
    }),
  );

  it(
    "that is submitted during another tab's turn waits for its end, as the page says",
    inBrowser(async ({ open, keep }) => {
      const { promise, resolve } = deferred<ScriptedReply>();
      const agent = new ScriptedAgent([showing(deskCard), () => promise, { text: 'Ordered.' }]);
      const server = keep(await startChatServer({ agent, definitions: [orders] }));
      const first = await open(server.url);
      await first.start('Order a desk');
      const second = await open(server.url, { besides: first, hash: new URL(first.page.url()).hash });
      await cardIn(second).getByLabel('Width in cm').fill('160');
      await first.say('Which woods are there?');
      await second.seesStatus('Your next answer will wait until it is done.');
      await cardIn(second).getByRole('button', { name: 'Order it' }).click();
      await second.seesStatus('Your answer waits until it is done.');
      resolve({ text: 'Oak.' });
      await second.sees('Ordered.');
      expect(second.turns.map(({ whenBusy }) => whenBusy)).toEqual(['wait']);
    }),
  );

  it(
    'with invalid inputs reports them by itself, and sends nothing',
    inBrowser(async ({ open, keep }) => {
      const agent = agentWithCard();
      const server = keep(await startChatServer({ agent, definitions: [orders] }));
      const chat = await open(server.url);
      await chat.start('Order a desk');
      await cardIn(chat).getByLabel('Width in cm').fill('20');
      await cardIn(chat).getByRole('button', { name: 'Order it' }).click();
      await cardIn(chat).getByText('From 80 to 200.').waitFor();
      expect(agent.requests).toHaveLength(1);
      expect(chat.turnIds).toHaveLength(1);
    }),
  );

  it(
    'opens an address in a new tab, which has no access to this page',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer({ agent: agentWithCard(), definitions: [orders] }));
      const chat = await open(server.url);
      await chat.start('Order a desk');
      await chat.page
        .context()
        .route('https://shop.example/**', (route) =>
          route.fulfill({ contentType: 'text/html', body: '<title>desks</title>' }),
        );
      const opened = chat.page.context().waitForEvent('page');
      await cardIn(chat)
        .getByRole('button', { name: 'See all desks' })
        .or(cardIn(chat).getByRole('link', { name: 'See all desks' }))
        .click();
      const shop = await opened;
      await shop.waitForURL('https://shop.example/desks');
      expect(await shop.evaluate('window.opener')).toBeNull();
      expect(await shop.evaluate('document.referrer')).toBe('');
    }),
  );

  it(
    'that was sent in one tab is sent in the other',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer({ agent: agentWithCard(), definitions: [orders] }));
      const chat = await open(server.url);
      await chat.start('Order a desk');
      const other = await open(server.url, { besides: chat, hash: new URL(chat.page.url()).hash });
      await cardIn(other).getByRole('button', { name: 'Order it' }).waitFor();
      await cardIn(chat).getByLabel('Width in cm').fill('160');
      await cardIn(chat).getByRole('button', { name: 'Order it' }).click();
      await cardIn(other).getByText('Sent', { exact: true }).waitFor();
      expect(await cardIn(other).getByLabel('Width in cm').inputValue()).toBe('160');
    }),
  );
});
