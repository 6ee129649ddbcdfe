import { describe, expect, it } from 'vitest';
import { AgentFailure, ScriptedAgent } from '../../../server/testing/index.ts';
import type { ScriptedReply } from '../../../server/testing/index.ts';
import vendorOnboarding from '../../../workflows/vendor-onboarding.ts';
import { deferred } from '../../support/deferred.ts';
import { answer, suggested } from './support/answer.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser, screenshotsDir } from './support/in-browser.ts';
import { lookEverywhere } from './support/look-everywhere.ts';
import { deskCard, orders } from './support/orders.ts';
import { showing } from './support/showing.ts';
import { triesOfThePage, untilGivenUp } from './support/until-given-up.ts';

describe('axe-core finds nothing, in light and dark, on a desktop and a phone', () => {
  it(
    'from the start page through a conversation to its summary',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url);
      await chat.page.getByText('No conversations yet.').waitFor();
      await lookEverywhere(chat, 'start-empty');

      await chat.start('Leave request');
      await answer(chat, { by: 'date', value: '2027-07-05', label: 'First day off' });
      await chat.page.getByRole('link', { name: 'All conversations' }).click();
      await chat.start('Vendor onboarding');
      await answer(chat, { by: 'words', words: 'Smith and Sons Ltd', label: 'Legal name' });
      await lookEverywhere(chat, 'choices');
      await answer(chat, { by: 'button', name: 'limited company', label: 'Legal form' });
      await answer(chat, { by: 'words', words: 'Maria Lopez', label: 'Contact name' });
      await chat.say('not an address');
      await chat.message('You: not an address').waitFor();
      await lookEverywhere(chat, 'refused');
      await answer(chat, { by: 'words', words: 'maria@smith.example', label: 'Contact email' });
      await lookEverywhere(chat, 'date');
      await answer(chat, { by: 'date', value: '2027-04-03', label: 'Start date' });
      await lookEverywhere(chat, 'conversation');

      await chat.button(/^Collected data/).click();
      const side = chat.page.getByRole('dialog', { name: 'Collected data' });
      await side.getByText('Smith and Sons Ltd').waitFor();
      await lookEverywhere(chat, 'collected', ['phone']);
      await side.getByRole('button', { name: 'Close' }).click();
      await chat.button('Show steps').click();
      await lookEverywhere(chat, 'steps', ['phone']);

      await answer(chat, { by: 'number', value: '1500000', label: 'Yearly spend (EUR)' });
      await answer(chat, { by: 'number', value: '30', label: 'Payment term (days)' });
      await answer(chat, { by: 'button', name: 'No', label: 'Handles personal data' });
      await lookEverywhere(chat, 'review');
      await chat.button('End conversation').click();
      await chat.page.getByRole('dialog', { name: 'End this conversation?' }).waitFor();
      await lookEverywhere(chat, 'end-dialog');
      await chat.button('Keep going').click();
      await suggested(chat, 'Yes').click();
      await chat.summary.waitFor();
      await lookEverywhere(chat, 'summary');
      // The viewport is high enough for the whole dialog.
      await chat.page.setViewportSize({ width: 1280, height: 1000 });
      await chat.page.emulateMedia({ colorScheme: 'light' });
      await chat.summary.screenshot({ path: `${screenshotsDir}/summary-alone.png` });

      await chat.summary.getByRole('link', { name: 'All conversations' }).click();
      await chat.region('Finished').waitFor();
      await lookEverywhere(chat, 'start');
    }),
  );

  it(
    "while the agent answers, after a failed turn, and during another tab's turn",
    inBrowser(async ({ open, keep }) => {
      const { promise, resolve } = deferred<ScriptedReply>();
      const failures = Array.from({ length: triesOfThePage }, () => new AgentFailure('failed', 'told to'));
      const reply =
        'Good. **Which legal form** does it have?\n\n| Form | Who |\n| --- | --- |\n| sole trader | one person |\n\n- [the register](https://register.example/)\n- `code`\n\n> a quote';
      const agent = new ScriptedAgent([
        { text: 'What is the company called?' },
        {
          text: reply,
          data: { legalName: 'Smith and Sons Ltd', legalForm: 'castle' },
          citations: ['https://register.example/smith'],
        },
        ...failures,
        async function* streamed() {
          const entities = [
            { type: 'streaminfo', streamId: 's', streamType: 'streaming', streamSequence: 1 },
          ];
          yield { type: 'typing', text: 'A sole trader needs no…', entities };
          yield { type: 'message', ...(await promise) };
        },
      ]);
      const server = keep(await startChatServer({ agent, definitions: [vendorOnboarding] }));
      const chat = await open(server.url, { failedRequests: true });
      await chat.page.clock.install();
      await chat.page.reload();
      await chat.start('Vendor onboarding');
      await chat.say('Smith and Sons Ltd');
      await chat.region('What changed').getByText('Not accepted: Legal form').waitFor();
      await lookEverywhere(chat, 'markdown');
      await chat.say('A castle');
      await untilGivenUp(chat);
      await lookEverywhere(chat, 'failed');

      const other = await open(server.url, { besides: chat, hash: new URL(chat.page.url()).hash });
      await chat.button('Try again').click();
      for (const tab of [chat, other]) await tab.message('A sole trader needs no…').waitFor();
      await lookEverywhere(chat, 'answering');
      await other.seesStatus('An earlier message is still being answered.');
      await lookEverywhere(other, 'busy');
      resolve({ text: 'A sole trader needs no entry.' });
      await chat.sees('A sole trader needs no entry.');
    }),
  );

  it(
    'on a card, before and after it is sent',
    inBrowser(async ({ open, keep }) => {
      const data = { width: 160, colour: 'oak', deliverOn: '2027-05-03' };
      const agent = new ScriptedAgent([showing(deskCard), { text: 'Ordered.', data }]);
      const server = keep(await startChatServer({ agent, definitions: [orders] }));
      const chat = await open(server.url);
      await chat.start('Order a desk');
      const card = chat.page.getByRole('group', { name: 'Card from the agent' });
      await card.getByLabel('Deliver on').fill('2027-05-03');
      await card.getByLabel('Width in cm').fill('160');
      await card.getByRole('radio', { name: 'Oak' }).check();
      await lookEverywhere(chat, 'card');
      await card.getByRole('button', { name: 'Order it' }).click();
      await chat.sees('Ordered.');
      await lookEverywhere(chat, 'card-sent');
    }),
  );

  it(
    'where there is nothing to show',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url, { hash: '#/c/never-was', failedRequests: true });
      await chat.page.getByRole('heading', { name: 'This conversation is no longer here' }).waitFor();
      await lookEverywhere(chat, 'gone');
    }),
  );
});

describe('the theme', () => {
  it(
    "is the system's until it is chosen, and then kept over a reload and in other tabs",
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url, { theme: 'dark' });
      const textColor = () => chat.page.evaluate<string>('getComputedStyle(document.body).color');
      const toggle = chat.button('Dark theme');
      await toggle.waitFor();
      expect(await toggle.getAttribute('aria-pressed')).toBe('true');
      const dark = await textColor();
      await toggle.click();
      const light = await textColor();
      expect(light).not.toBe(dark);
      await chat.page.reload();
      await toggle.waitFor();
      expect(await textColor()).toBe(light);
      expect(await toggle.getAttribute('aria-pressed')).toBe('false');

      const other = await open(server.url, { besides: chat });
      const toggleThere = other.button('Dark theme');
      const isDarkThere = () => toggleThere.getAttribute('aria-pressed');
      await eventually(isDarkThere).toBe('false');
      await toggle.click();
      await eventually(isDarkThere).toBe('true');
    }),
  );
});
