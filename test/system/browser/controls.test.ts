import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import { post } from '../../support/post.ts';
import { answer, suggested } from './support/answer.ts';
import { startChatServer } from './support/chat-server.ts';
import { downloadedFrom } from './support/downloaded-from.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';

const months = Array.from({ length: 12 }, (_, index) =>
  new Date(Date.UTC(2027, index)).toLocaleString('en-GB', { month: 'long' }),
);

const booking = defineWorkflow({
  id: 'booking',
  version: 1,
  title: 'Booking',
  steps: [
    {
      id: 'when',
      title: 'When',
      collects: z.object({
        month: z.enum(months).meta({ title: 'Month' }),
        at: z.iso.datetime().meta({ title: 'Exactly at' }),
      }),
    },
  ],
});

const withReview = defineWorkflow({
  ...booking,
  steps: [...booking.steps, { id: 'review', title: 'Review' }],
});

describe('the control for an answer', () => {
  it(
    'is a list to choose from where there are many choices',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer({ definitions: [booking] }));
      const chat = await open(server.url);
      await chat.start('Booking');
      await chat.page.getByRole('combobox', { name: 'Month' }).selectOption('September');
      await chat.button('Choose').click();
      await chat.seesSaved('Month');
      await chat.sees('You set Month: September');
    }),
  );

  it(
    'takes a time in UTC wherever the person is, and shows it in words, so that it is the same moment elsewhere',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer({ definitions: [booking] }));
      const chat = await open(server.url, { timezoneId: 'America/Bogota' });
      await chat.start('Booking');
      await chat.say('May');
      await chat.seesSaved('Month');
      await chat.page.getByLabel('Exactly at (UTC)', { exact: true }).fill('2027-05-03T20:30');
      await chat.button('Use this time').click();
      const { content } = await downloadedFrom(chat);
      expect(content).toMatchObject({ collected: { month: 'May', at: '2027-05-03T20:30:00Z' } });
      await chat.sees('You set Exactly at: 3 May 2027, 20:30 UTC');
      await chat.summary.getByText('3 May 2027, 20:30 UTC').waitFor();
    }),
  );

  it(
    "does not exclude words: an answer in the person's own words is accepted as well",
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url, { device: 'phone' });
      await chat.start('Leave request');
      await answer(chat, { by: 'words', words: 'from 5 July 2027', label: 'First day off' });
      await answer(chat, { by: 'words', words: 'two weeks, so ten days', label: 'Working days' });
      await answer(chat, { by: 'words', words: 'annual', label: 'Kind of leave' });
      await answer(chat, { by: 'words', words: 'Priya Raman', label: 'Covered by' });
      await answer(chat, { by: 'words', words: 'working days: 8', label: 'Working days' });
      await suggested(chat, 'Yes').click();
      await chat.summary.getByText('8', { exact: true }).waitFor();
    }),
  );
});

describe('a long conversation', () => {
  it(
    'shows its newest messages first, and the earlier ones when asked for, without a jump',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent(
        Array.from({ length: 60 }, (_, index) => ({ text: `Answer ${index + 1}.` })),
      );
      const server = keep(await startChatServer({ agent, definitions: [booking] }));
      const conversationId = randomUUID();
      for (let turn = 1; turn <= 60; turn += 1)
        await post(server.url, 'workflow.turn', {
          ...{ conversationId, workflowId: 'booking', turnId: `t-${turn}` },
          input: { type: 'text', text: `Question ${turn}?` },
        });
      const chat = await open(server.url, { hash: `#/c/${conversationId}` });
      await chat.sees('Answer 60.');
      expect(await chat.message('Answer 1.').count()).toBe(0);
      const earlier = chat.button('Show earlier messages');
      const items = chat.messages.locator('> li');
      while ((await earlier.count()) > 0) {
        const before = await items.count();
        const first = chat.message(await items.first().innerText());
        const heightBefore = (await first.boundingBox())?.y ?? 0;
        // A click by the pointer would scroll to the button, which loads them by itself.
        await earlier.dispatchEvent('click');
        await eventually(() => items.count()).toBeGreaterThan(before);
        const isWhereItWas = async () => Math.abs(((await first.boundingBox())?.y ?? 0) - heightBefore) < 60;
        await eventually(isWhereItWas).toBe(true);
      }
      await chat.sees('Question 1?');
      expect(await items.count()).toBe(120);
    }),
  );
});

describe('ending', () => {
  it(
    'with everything deleted leaves nothing behind, and says so',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url, { failedRequests: true });
      await chat.start('Leave request');
      await chat.button('End conversation').click();
      const dialog = chat.page.getByRole('dialog', { name: 'End this conversation?' });
      await dialog.getByRole('checkbox', { name: 'Delete all its data' }).check();
      await dialog.getByText('can’t be restored').waitFor();
      await dialog.getByRole('radio', { name: 'Cancel it' }).check();
      await dialog.getByRole('button', { name: 'Cancel it and delete all data' }).click();
      await chat.page.getByRole('heading', { name: 'Deleted' }).waitFor();
      await chat.page.getByRole('main').getByRole('link', { name: 'All conversations' }).click();
      await chat.page.getByText('No conversations yet.').waitFor();
    }),
  );

  it(
    'waits until its kind is chosen, and its button says what it will do',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([
        { text: 'When?' },
        { text: 'Fine.', data: { month: 'May', at: '2027-05-03T20:30:00Z' } },
      ]);
      const server = keep(await startChatServer({ agent, definitions: [withReview] }));
      const chat = await open(server.url);
      await chat.start('Booking');
      await chat.say('In May');
      await chat.seesSaved('Month');
      await chat.button('End conversation').click();
      const dialog = chat.page.getByRole('dialog', { name: 'End this conversation?' });
      const unnamed = dialog.getByRole('button', { name: 'End conversation' });
      expect(await unnamed.getAttribute('aria-disabled')).toBe('true');
      expect(await dialog.getByRole('radio', { checked: true }).count()).toBe(0);
      await dialog.getByRole('textbox', { name: 'Reason (optional)' }).press('Enter');

      await dialog.getByRole('radio', { name: 'Cancel it' }).check();
      expect(await dialog.getByRole('button', { name: 'Cancel it' }).getAttribute('aria-disabled')).toBe(
        'false',
      );
      await dialog.getByRole('radio', { name: 'Complete it now' }).check();
      await dialog.getByRole('button', { name: 'Complete it', exact: true }).click();
      await chat.summary.getByRole('heading', { name: 'Booking is complete' }).waitFor();
    }),
  );

  it(
    'and starting another leaves the first where it was',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([{ text: 'When?' }, { text: 'When, this time?' }]);
      const server = keep(await startChatServer({ agent, definitions: [booking] }));
      const chat = await open(server.url);
      await chat.start('Booking');
      const first = chat.page.url();
      await chat.button('End conversation').click();
      const dialog = chat.page.getByRole('dialog', { name: 'End this conversation?' });
      await dialog.getByRole('radio', { name: 'Cancel it' }).check();
      await dialog.getByRole('button', { name: 'Cancel it' }).click();
      await chat.button('Start another').click();
      await chat.sees('When, this time?');
      await eventually(() => chat.page.url()).toContain('#/c/');
      expect(chat.page.url()).not.toBe(first);
      await chat.page.goBack();
      await chat.summary.waitFor();
    }),
  );
});
