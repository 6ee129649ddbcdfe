import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import { startChatServer } from './support/chat-server.ts';
import { inBrowser } from './support/in-browser.ts';

/** The first step lacks nothing, so only the server knows that the conversation can't be completed there. */
const visit = defineWorkflow({
  id: 'visit',
  version: 1,
  title: 'Visit',
  steps: [
    { id: 'greeting', title: 'Greeting' },
    { id: 'guest', title: 'Guest', collects: z.object({ name: z.string() }) },
  ],
});

describe('to complete a conversation early', () => {
  it(
    'is refused while something is missing, which it names, and the next attempt drops that message',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([{ text: 'Welcome.' }]);
      const server = keep(await startChatServer({ agent, definitions: [visit] }));
      const chat = await open(server.url, { failedRequests: true });
      await chat.start('Visit');
      await chat.button('End conversation').click();
      const dialog = chat.page.getByRole('dialog', { name: 'End this conversation?' });
      await dialog.getByRole('radio', { name: 'Complete it now' }).check();
      await dialog.getByRole('button', { name: 'Complete it' }).click();
      const refusal = dialog.getByRole('alert');
      await refusal.getByText('Some required answers are still missing.').waitFor();
      await refusal.getByText('name').waitFor();

      await dialog.getByRole('button', { name: 'Keep going' }).click();
      await chat.button('End conversation').click();
      await dialog.waitFor();
      expect(await refusal.count()).toBe(0);
      await dialog.getByRole('radio', { name: 'Complete it now' }).check();
      await dialog.getByRole('button', { name: 'Complete it' }).click();
      await refusal.waitFor();
      await dialog.getByRole('radio', { name: 'Cancel it' }).check();
      await dialog.getByRole('button', { name: 'Cancel it' }).click();
      await chat.summary.getByRole('heading', { name: 'Visit was cancelled' }).waitFor();
    }),
  );
});
