import { describe, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';
import { startChatServer } from './support/chat-server.ts';
import { inBrowser } from './support/in-browser.ts';

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
        seats: z.int().min(1).max(4).meta({ title: 'Seats' }),
        note: z.string().optional().meta({ title: 'Note' }),
      }),
    },
    { id: 'confirm', title: 'Confirm' },
  ],
});

describe('the collected data at the side', () => {
  it(
    'marks what the last turn saved and cleared, and nothing else, and says why a value was not accepted',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([
        { text: 'Where to?' },
        { text: 'Bergen it is.', data: { city: 'Bergen', note: 'By train' } },
        { text: 'Oslo then.', data: { city: 'Oslo', note: null, seats: 9 } },
        { text: 'Fine.', data: { seats: 2 } },
      ]);
      const server = keep(await startChatServer({ agent, definitions: [trip] }));
      const chat = await open(server.url);
      await chat.start('Trip');
      const side = chat.page.getByRole('complementary', { name: 'Collected data' });
      /** Waits until the field shows all of these. */
      const field = async (label: string, ...says: readonly (string | RegExp)[]) => {
        const ofLabel = chat.page.locator('dt').filter({ hasText: new RegExp(`^${label}\\b`) });
        let found = side.locator('dl > div').filter({ has: ofLabel });
        for (const words of says) found = found.filter({ hasText: words });
        await found.waitFor();
      };
      const unmarked = /^(?!.*(?:Just saved|Cleared|Not accepted))/s;

      await field('City', unmarked);
      await chat.say('To Bergen, by train');
      await field('City', 'Bergen', 'Just saved');
      await field('Note', 'By train', 'Just saved');
      await field('Seats', 'Not answered yet');

      await chat.say('To Oslo, nine of us');
      await field('City', 'Oslo', 'Just saved');
      await field('Note', 'Not answered yet', 'Cleared');
      await field('Seats', 'Not accepted: Enter a whole number from 1 to 4.');

      await chat.say('Two of us');
      await field('Seats', '2', 'Just saved');
      await field('City', unmarked);
      await field('Note', unmarked);
    }),
  );
});
