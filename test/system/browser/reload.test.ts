import { describe, expect, it } from 'vitest';
import { AgentFailure, ScriptedAgent } from '../../../server/testing/index.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { deferred } from '../../support/deferred.ts';
import { answer } from './support/answer.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';
import { triesOfThePage, untilGivenUp } from './support/until-given-up.ts';

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
        .or(chat.page.getByText('An earlier message is still being answered.'))
        .first()
        .waitFor();
      resolve({ text: 'And when?' });
      await chat.sees('And when?');
      await chat.sees('Bergen');
      expect(agent.requests).toHaveLength(2);
      await eventually(() => chat.box.inputValue()).toBe('');
    }),
  );

  it(
    'while the agent answers restores the words to the box when their turn then fails',
    inBrowser(async ({ open, keep }) => {
      const { promise, resolve } = deferred<undefined>();
      const agent = new ScriptedAgent([
        { text: 'Where to?' },
        async () => {
          await promise;
          throw new AgentFailure('failed', 'told to');
        },
      ]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url);
      await chat.start('Business trip');
      await chat.say('Bergen');
      await chat.seesStatus('The agent is answering');

      await chat.page.reload();
      await chat.seesStatus('The agent is answering');
      await eventually(() => chat.box.inputValue()).toBe('');
      resolve(undefined);
      await eventually(() => chat.box.inputValue()).toBe('Bergen');
      expect(await chat.message('Bergen').count()).toBe(0);
    }),
  );

  it(
    'after a failed turn restores its words to the box',
    inBrowser(async ({ open, keep }) => {
      const failures = Array.from({ length: triesOfThePage }, () => new AgentFailure('failed', 'told to'));
      const agent = new ScriptedAgent([{ text: 'Where to?' }, ...failures, { text: 'And when?' }]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url, { failedRequests: true });
      await chat.page.clock.install();
      await chat.page.reload();
      await chat.start('Business trip');
      await chat.say('Bergen');
      await untilGivenUp(chat);
      await chat.page.reload();
      await chat.sees('Where to?');
      await eventually(() => chat.box.inputValue()).toBe('Bergen');
      await chat.button('Send').click();
      await chat.sees('And when?');
      await chat.page.reload();
      await chat.sees('And when?');
      expect(await chat.box.inputValue()).toBe('');
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
    'that is missing, or has an impossible address, is reported, with a way back',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      for (const hash of ['#/c/never-was', '#/c/has%20space']) {
        const chat = await open(server.url, { hash, failedRequests: true });
        await chat.page.getByRole('heading', { name: 'This conversation is no longer here' }).waitFor();
        expect(await chat.button('Try again').count()).toBe(0);
        await chat.page.getByRole('main').getByRole('link', { name: 'All conversations' }).click();
        await chat.page.getByRole('heading', { name: 'What would you like to get done?' }).waitFor();
      }
    }),
  );
});
