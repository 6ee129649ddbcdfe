import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../server/testing/index.ts';
import { travel } from '../contract/sample-workflows.ts';
import { deferred } from '../support/deferred.ts';
import { answer } from './support/answer.ts';
import { startChatServer } from './support/chat-server.ts';
import { inBrowser } from './support/in-browser.ts';

describe('a reload', () => {
  it(
    'in mid-conversation keeps the messages, what was collected, the progress and the question',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url);
      await chat.start('Leave request');
      await answer(chat, { by: 'date', value: '2027-07-05', label: 'First day off' });
      await answer(chat, { by: 'number', value: '10', label: 'Working days' });
      const [before, value] = [await chat.messages.innerText(), await chat.progress.getAttribute('value')];

      await chat.page.reload();
      await chat.messages.getByRole('listitem').first().waitFor();
      expect(await chat.messages.innerText()).toBe(before);
      expect(await chat.progress.getAttribute('value')).toBe(value);
      const collected = chat.page.getByRole('complementary', { name: 'Collected data' });
      await collected.getByText('Working days').waitFor();
      await answer(chat, { by: 'button', name: 'annual leave', label: 'Kind of leave' });
      expect(new Set(chat.turnIds).size).toBe(4);
    }),
  );

  it(
    'while the agent answers lets the turn go on, and shows its answer once',
    inBrowser(async ({ open, keep }) => {
      const { promise, resolve } = deferred<{ text: string }>();
      const agent = new ScriptedAgent([{ text: 'Where to?' }, () => promise]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url);
      await chat.start('Business trip');
      await chat.say('Bergen');
      await chat.seesStatus('The agent is answering');

      await chat.page.reload();
      await chat.sees('Where to?');
      await chat.page
        .getByText('The agent is answering')
        .or(chat.page.getByText('is answering right now'))
        .first()
        .waitFor();
      resolve({ text: 'And when?' });
      await chat.sees('And when?');
      await chat.sees('Bergen');
      expect(agent.requests).toHaveLength(2);
    }),
  );

  it(
    'after an answer was opened sends no second opening',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([{ text: 'Where to?' }]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url);
      await chat.start('Business trip');
      await chat.page.reload();
      await chat.sees('Where to?');
      expect(agent.requests).toHaveLength(1);
    }),
  );
});

describe('a conversation that was left', () => {
  it(
    'is on the start page, with its step, and goes on where it was',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url);
      await chat.start('Leave request');
      await answer(chat, { by: 'date', value: '2027-07-05', label: 'First day off' });
      await chat.page.close();

      const later = await open(server.url);
      const link = later.region('In progress').getByRole('link', { name: 'Continue Leave request' });
      await later.region('In progress').getByText('Step 1 of 3').waitFor();
      await link.click();
      await answer(later, { by: 'number', value: '10', label: 'Working days' });
    }),
  );

  it(
    'that is not there is told of, with a way back',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url, { hash: '#/c/never-was', failedRequests: true });
      await chat.page.getByRole('heading', { name: 'This conversation is not here any more' }).waitFor();
      await chat.page.getByRole('main').getByRole('link', { name: 'All conversations' }).click();
      await chat.page.getByRole('heading', { name: 'What would you like to get done?' }).waitFor();
    }),
  );
});
