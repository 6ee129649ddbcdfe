import { describe, expect, it } from 'vitest';
import { axeViolations } from './support/axe.ts';
import type { ChatPage } from './support/chat-page.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';
import { startSigningIn } from './support/signing-in-server.ts';

async function signInAs(chat: ChatPage, name: string): Promise<void> {
  await chat.button('Sign in').click();
  await chat.page.getByLabel('Name').fill(name);
  await chat.button('Continue').click();
}

const signInHeading = (chat: ChatPage) => chat.page.getByRole('heading', { name: 'Sign in', exact: true });

describe('signing in on the chat page', () => {
  it(
    'leads to the provider and back to the conversation; the token is renewed, and signing out ends all',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startSigningIn(15));
      const expected = { signsInAt: server.provider.issuer, failedRequests: true };
      const chat = await open(server.url, { ...expected, hash: '#/new/leave-request/mine' });
      await signInHeading(chat).waitFor();
      expect(await axeViolations(chat.page, 'all')).toEqual([]);

      await signInAs(chat, 'dana');
      await chat.firstQuestion();
      expect(new URL(chat.page.url()).hash).toBe('#/c/mine');
      expect(new URL(chat.page.url()).search).toBe('');
      await chat.page.getByTitle('Signed in as dana of Contoso').waitFor();

      // The watch ends with its token, and asks for another one.
      await eventually(server.renewals).toBeGreaterThan(0);
      await chat.page.getByLabel('First day off', { exact: true }).fill('2027-07-05');
      await chat.button('Use this date').click();
      await chat.seesSaved('First day off');

      // On a narrow screen the button is on the start page alone.
      await chat.page.setViewportSize({ width: 390, height: 844 });
      await chat.button('Sign out').waitFor({ state: 'hidden' });
      await chat.page.getByRole('link', { name: 'All conversations' }).click();
      await chat.button('Sign out').waitFor();
      await chat.page.setViewportSize({ width: 1280, height: 820 });
      await chat.page.goBack();

      await chat.page.reload();
      await chat.sees('Working days');
      const stored = await chat.page.evaluate<string>('JSON.stringify([localStorage, document.cookie])');
      expect(stored).not.toContain('token');

      await chat.button('Sign out').click();
      await chat.button('Yes, sign me out').click();
      await signInHeading(chat).waitFor();
      expect(await chat.page.evaluate<string>('JSON.stringify(sessionStorage)')).not.toContain('token');

      // The provider has forgotten the user, too: it asks who it is. Another user has no such conversation.
      await signInAs(chat, 'eve');
      await chat.page.getByRole('heading', { name: 'Leave request' }).first().waitFor();
      await chat.page.goto(`${server.url}/#/c/mine`);
      await chat.page.getByRole('heading', { name: 'This conversation is no longer here' }).waitFor();
    }),
  );

  it(
    'is asked for again when the provider renews no token, and leads back to the conversation',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startSigningIn(15));
      const chat = await open(server.url, {
        ...{ signsInAt: server.provider.issuer, failedRequests: true },
        hash: '#/new/leave-request/mine',
      });
      await signInAs(chat, 'dana');
      await chat.firstQuestion();
      await chat.page.evaluate(
        'for (const key of Object.keys(sessionStorage)) sessionStorage[key] = sessionStorage[key].replaceAll(/"refresh_token":"[^"]+"/g, \'"refresh_token":"revoked"\')',
      );
      await chat.page.reload();
      await chat.seesStatus('Your session has ended.');
      await chat.button('Sign in').click();
      await chat.firstQuestion();
      expect(new URL(chat.page.url()).hash).toBe('#/c/mine');
    }),
  );
});
