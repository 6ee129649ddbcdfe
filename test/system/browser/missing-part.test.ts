import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import { startChatServer } from './support/chat-server.ts';
import { inBrowser } from './support/in-browser.ts';
import { deskCard, orders } from './support/orders.ts';
import { showing } from './support/showing.ts';

const cardRenderer = '**/assets/adaptive-card-*.js';

describe('a part of the page that an update has replaced', () => {
  it(
    'takes away only what needs it; reloading the page brings it back, and keeps the draft',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([{ text: 'Which desk?' }, showing(deskCard)]);
      const server = keep(await startChatServer({ agent, definitions: [orders] }));
      const chat = await open(server.url, { failedRequests: true });
      await chat.page.route(cardRenderer, (route) => route.abort());
      await chat.start('Order a desk');
      await chat.say('A card, please');
      const card = chat.page.getByRole('group', { name: 'Card from the agent' });
      await card.getByText('This card needs a part of this page that could not be loaded.').waitFor();
      await chat.sees('Which desk?');
      await chat.box.fill('In oak');

      await chat.page.unroute(cardRenderer);
      await card.getByRole('button', { name: 'Reload the page' }).click();
      await card.getByLabel('Width in cm').waitFor();
      expect(await chat.box.inputValue()).toBe('In oak');

      // What is entered in a card and not sent survives a reload as well.
      await card.getByLabel('Width in cm').fill('160');
      await card.getByRole('radio', { name: 'Oak' }).check();
      await chat.page.reload();
      await card.getByLabel('Width in cm').waitFor();
      expect(await card.getByLabel('Width in cm').inputValue()).toBe('160');
      expect(await card.getByRole('radio', { name: 'Oak' }).isChecked()).toBe(true);
    }),
  );
});
