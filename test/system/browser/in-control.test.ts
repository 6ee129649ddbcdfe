import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import type { ScriptedReply } from '../../../server/testing/index.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { deferred } from '../../support/deferred.ts';
import { startChatServer } from './support/chat-server.ts';
import { inBrowser } from './support/in-browser.ts';
import { lookEverywhere } from './support/look-everywhere.ts';

const trip = defineWorkflow({
  id: 'trip',
  version: 1,
  title: 'Trip',
  steps: [
    {
      id: 'where',
      title: 'Where',
      collects: z.object({
        city: z.string().meta({ title: 'City' }),
        leaves: z.iso.date().meta({ title: 'Leaves on' }),
        seats: z.int().min(1).max(4).meta({ title: 'Seats' }),
        website: z.url().optional().meta({ title: 'Website' }),
      }),
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

describe('a running turn', () => {
  it(
    'is stopped by a button in the place of Send, or by Escape, and its words are back in the box',
    inBrowser(async ({ open, keep }) => {
      const never = () => deferred<ScriptedReply>().promise;
      const agent = new ScriptedAgent([{ text: 'Where to?' }, never, never, never, { text: 'And when?' }]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url, { failedRequests: true });
      await chat.start('Business trip');

      await chat.say('To Bergen');
      await chat.button('Stop').waitFor();
      expect(await chat.button('Send').count()).toBe(0);
      await lookEverywhere(chat, 'running');
      await chat.button('Stop').click();
      await chat.seesStatus('Stopped. Your words are back in the box.');
      expect(await chat.box.inputValue()).toBe('To Bergen');
      await chat.box.and(chat.page.locator(':focus')).waitFor();
      expect(await chat.messages.getByRole('alert').count()).toBe(0);

      await chat.box.press('Enter');
      await chat.button('Stop').waitFor();
      await chat.page.keyboard.press('Escape');
      await chat.seesStatus('Stopped. Your words are back in the box.');
      expect(await chat.box.inputValue()).toBe('To Bergen');

      await chat.box.press('Enter');
      await chat.button('Stop').waitFor();
      const other = await open(server.url, {
        besides: chat,
        failedRequests: true,
        hash: new URL(chat.page.url()).hash,
      });
      await other.button('Stop').click();
      await other.seesStatus('Stopped.');
      await chat.messages.getByRole('alert').filter({ hasText: 'It was stopped' }).waitFor();
      await chat.button('Edit').click();
      await chat.button('Send').click();
      await other.sees('And when?');
    }),
  );
});

describe('what was said and entered', () => {
  it(
    'is entered by controls, edited where it stands, and taken back',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer({ definitions: [trip] }));
      const chat = await open(server.url, { failedRequests: true });
      await chat.start('Trip');
      const undo = chat.button('Undo the last change');
      expect(await undo.count()).toBe(0);

      await chat.say('Bergen');
      await chat.seesSaved('City');
      await undo.click();
      await chat.sees('You took back “Bergen”');
      await undo.waitFor({ state: 'detached' });
    }),
  );
});
