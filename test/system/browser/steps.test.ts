import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import { startChatServer } from './support/chat-server.ts';
import type { ChatPage } from './support/chat-page.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';

const trip = defineWorkflow({
  id: 'trip',
  version: 1,
  title: 'Trip',
  steps: [
    {
      id: 'where',
      title: 'Where',
      collects: z.object({ city: z.string().meta({ title: 'City' }), isAbroad: z.boolean() }),
    },
    {
      id: 'visa',
      title: 'Visa',
      when: ({ isAbroad }) => isAbroad === true,
      collects: z.object({ passport: z.string().meta({ title: 'Passport' }) }),
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

const stepsOf = (chat: ChatPage) => () =>
  chat.page.getByRole('list', { name: 'Steps' }).getByRole('listitem').allTextContents();
const withWords = (words: string): unknown => expect.stringContaining(words);
const withMarks = (marks: readonly string[]): unknown => expect.arrayContaining(marks.map(withWords));

describe('a step that only some answers need', () => {
  it(
    'is not shown as done once it is no longer needed; the end says so, and the summary omits it',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([
        { text: 'Where to?' },
        { text: 'Is that right?', data: { city: 'Oslo', isAbroad: true, passport: 'X1' } },
        { text: 'At home, then. Is that right?', data: { city: 'Bergen', isAbroad: false } },
      ]);
      const server = keep(await startChatServer({ agent, definitions: [trip] }));
      const chat = await open(server.url);
      await chat.start('Trip');
      await chat.say('Abroad');
      await eventually(stepsOf(chat)).toEqual(
        withMarks(['Where, done', 'Visa, done', 'Confirm, current step']),
      );

      await chat.say('No, at home');
      await eventually(stepsOf(chat)).toEqual(withMarks(['Where, answered', 'Visa, answered']));
      await chat.page.getByText('One answered step is no longer needed.').waitFor();

      await chat.button('End conversation').click();
      const dialog = chat.page.getByRole('dialog', { name: 'End this conversation?' });
      await dialog.getByRole('radio', { name: 'Cancel it' }).check();
      await dialog.getByRole('button', { name: 'Cancel it' }).click();
      await chat.summary.getByText('Bergen').waitFor();
      await eventually(stepsOf(chat)).toEqual(withMarks(['Where, done', 'Visa, not needed']));
      expect(await chat.summary.getByText('Passport').count()).toBe(0);
    }),
  );

  it(
    'that was skipped is marked in the collected data',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([
        { text: 'Where to?' },
        { text: 'Is that right?', data: { city: 'Bergen', isAbroad: false } },
      ]);
      const server = keep(await startChatServer({ agent, definitions: [trip] }));
      const chat = await open(server.url);
      await chat.start('Trip');
      await chat.say('At home');
      const side = chat.page.getByRole('complementary', { name: 'Collected data' });
      await side.getByRole('heading', { name: 'Visa, not needed' }).waitFor();
      await side.getByRole('heading', { name: 'Where', exact: true }).waitFor();
    }),
  );
});
