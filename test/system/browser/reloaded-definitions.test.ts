import { expect, it } from 'vitest';
import { editedFolder } from '../../support/edited-folder.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';
import { lookEverywhere } from './support/look-everywhere.ts';

const definition = (id: string, title: string, asked = 'name') =>
  JSON.stringify({
    id,
    version: 1,
    title,
    steps: [
      {
        id: 'only',
        title: 'Only',
        collects: {
          type: 'object',
          properties: { answer: { type: 'string', description: `the ${asked}` } },
          required: ['answer'],
        },
      },
      { id: 'confirm', title: 'Confirm' },
    ],
  });

it(
  'the page of a server that reloads shows faults of the definitions until they are mended, and what has changed',
  inBrowser(async ({ open, keep }) => {
    const folder = keep(await editedFolder({ 'pets.json': definition('pets', 'Pets') }));
    const server = keep(await startChatServer({ reloaded: folder.watched }));
    const chat = await open(server.url);
    await chat.button('Start Pets').waitFor();
    await folder.save('cars.json', definition('cars', 'Cars'));
    await chat.button('Start Cars').waitFor();
    await chat.start('Pets');
    await chat.sees('What is the name?');
    await folder.save('pets.json', '{');
    const faults = chat.page.getByRole('status', { name: 'Faults of the definitions' });
    await eventually(() => faults.innerText()).toContain('pets.json: is not JSON, line 1');
    await lookEverywhere(chat, 'definition-faults');
    await folder.save('pets.json', definition('pets', 'Animals'));
    await faults.waitFor({ state: 'hidden' });
    await chat.page.getByRole('heading', { name: 'Animals' }).waitFor();
    await chat.say('Rex');
    await chat.seesSaved('Answer');
    expect(chat.turns.length).toBeGreaterThan(1);
  }),
);
