import { describe, expect, it } from 'vitest';
import { post } from '../../support/post.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';
import { lookEverywhere } from './support/look-everywhere.ts';

const companies = ['Acme Ltd', 'Baker and Sons', 'Café Noir', 'Dune Oil', 'Ems Print', 'Fjord AS'];

describe('the start page of somebody who comes back, on a phone', () => {
  it(
    'begins with what is in progress, by name, and finds, prints and deletes it',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      for (const [index, company] of companies.entries()) {
        const conversation = { conversationId: `c-${index}`, workflowId: 'vendor-onboarding' };
        await post(server.url, 'workflow.turn', { ...conversation, input: { type: 'open' } });
        await post(server.url, 'workflow.turn', { ...conversation, input: { type: 'text', text: company } });
      }
      await post(server.url, 'workflow.end', { conversationId: 'c-0', outcome: 'cancelled' });
      const chat = await open(server.url, { device: 'phone' });
      const link = chat.page.getByRole('link', { name: 'Continue Vendor onboarding: Fjord AS' });
      await link.waitFor();
      const top = async (heading: string) =>
        (await chat.page.getByRole('heading', { name: heading }).boundingBox())?.y ?? 0;
      expect(await top('In progress')).toBeLessThan(await top('Workflows'));
      expect(await top('Workflows')).toBeLessThan(await top('Finished'));
      await lookEverywhere(chat, 'start-names');

      const search = chat.page.getByRole('searchbox', { name: 'Search your conversations' });
      await search.fill('cafe');
      await eventually(() => chat.page.getByRole('link', { name: /^(Continue|View) / }).count()).toBe(1);
      await search.fill('nowhere');
      await chat.seesStatus('No conversation has these words.');
      await search.fill('');

      await chat.button('Delete Vendor onboarding: Café Noir').click();
      const dialog = chat.page.getByRole('dialog', { name: 'Delete this conversation?' });
      await lookEverywhere(chat, 'delete-dialog', ['phone']);
      await dialog.getByRole('button', { name: 'Keep it' }).click();
      await chat.button('Delete Vendor onboarding: Café Noir').click();
      await dialog.getByRole('button', { name: 'Delete it' }).click();
      await chat.button('Delete Vendor onboarding: Café Noir').waitFor({ state: 'detached' });
      await eventually(() => chat.page.evaluate<string>('document.activeElement.textContent')).toBe(
        'In progress',
      );

      // Paper shows the summary alone, and whole.
      await chat.page.getByRole('link', { name: 'View Vendor onboarding: Acme Ltd' }).click();
      await chat.summary.getByText('Reference: c-0').waitFor();
      await chat.page.emulateMedia({ media: 'print' });
      expect(await chat.summary.getByText('Acme Ltd').isVisible()).toBe(true);
      expect(await chat.messages.isVisible()).toBe(false);
      expect(await chat.button('Print').isVisible()).toBe(false);
      expect(
        await chat.page.evaluate<string>(
          "getComputedStyle(document.querySelector('.transcript__scroller')).overflowY",
        ),
      ).toBe('visible');
    }),
  );
});
