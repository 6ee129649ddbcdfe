import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { deferred } from '../../support/deferred.ts';
import { post } from '../../support/post.ts';
import type { ChatPage } from './support/chat-page.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';

/** Returns the focused element: its tag and its text. */
const focused = ({ page }: ChatPage) =>
  page.evaluate<string>('document.activeElement.tagName + " " + document.activeElement.innerText');

/** Holds the page's requests to one path until the returned function is called. */
async function holdBack({ page }: ChatPage, path: string): Promise<() => void> {
  const { promise, resolve } = deferred<undefined>();
  await page.route(`**/trpc/${path}?*`, async (route) => {
    await promise;
    await route.continue();
  });
  return () => resolve(undefined);
}

/** A server with conversations c-0, c-1, … of this many turns each. */
async function serverWith(conversations: number, turns: number) {
  const agent = new ScriptedAgent(Array.from({ length: conversations * turns }, () => ({ text: 'Go on.' })));
  const server = await startChatServer({ agent, definitions: [travel] });
  for (let index = 0; index < conversations; index += 1)
    for (let turn = 1; turn <= turns; turn += 1)
      await post(server.url, 'workflow.turn', {
        ...{ conversationId: `c-${index}`, workflowId: 'travel', turnId: `t-${turn}` },
        input: { type: 'text', text: `Words ${turn}` },
      });
  return server;
}

describe('the focus of a person who follows a link', () => {
  it(
    'stays in the page’s main part when what was loading has come',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await serverWith(1, 1));
      const chat = await open(server.url);
      const letGo = await holdBack(chat, 'workflow.get');
      const link = chat.page.getByRole('link', { name: 'Continue Business trip' });
      await link.press('Enter');
      await chat.page.getByRole('heading', { name: 'Loading the conversation' }).waitFor();
      letGo();
      await chat.box.waitFor();
      expect(await focused(chat)).toContain('MAIN');
    }),
  );

  it(
    'stays there too if loading fails',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url, { failedRequests: true });
      await chat.button('Start Leave request').waitFor();
      for (const hash of ['#/new/nope/x', '#/c/never-was']) {
        const letGo = await holdBack(chat, 'workflow.get');
        await chat.page.evaluate(`location.hash = '${hash}'`);
        await chat.page.getByRole('heading', { name: 'Loading the conversation' }).waitFor();
        letGo();
        await chat.page.getByRole('main').getByRole('link', { name: 'All conversations' }).waitFor();
        expect(await focused(chat), hash).toContain('MAIN');
      }
    }),
  );

  it(
    'is where it always is on a page that was opened by its address',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await serverWith(1, 1));
      const chat = await open(server.url, { hash: '#/c/c-0' });
      await chat.box.waitFor();
      expect(await focused(chat)).toContain('BODY');
    }),
  );
});

describe('the focus of a person who asks for more', () => {
  it(
    'stays on the button while earlier messages come, and goes to the messages with the last of them',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await serverWith(1, 60));
      const chat = await open(server.url, { hash: '#/c/c-0' });
      const earlier = chat.button('Show earlier messages');
      await earlier.waitFor();
      const messages = chat.messages.locator('> li');
      const shownAtFirst = await messages.count();
      const letGo = await holdBack(chat, 'workflow.get');
      await earlier.press('Enter');
      await eventually(() => earlier.getAttribute('aria-disabled')).toBe('true');
      expect(await focused(chat)).toContain('Show earlier messages');
      letGo();
      await eventually(() => messages.count()).not.toBe(shownAtFirst);
      // No load runs when a round begins, so the button that it sees can't leave before the press.
      while ((await earlier.count()) > 0) {
        const before = await messages.count();
        await chat.page.keyboard.press('Enter');
        await eventually(() => messages.count()).not.toBe(before);
      }
      await eventually(() => focused(chat)).toContain('SECTION');
    }),
  );

  it(
    'stays on the button while more conversations come, and goes to the first new one of the last',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await serverWith(53, 1));
      const chat = await open(server.url);
      const links = chat.page.getByRole('link', { name: 'Continue Business trip' });
      const more = chat.button('Show more conversations');
      await more.waitFor();
      expect(await links.count()).toBe(50);
      const letGo = await holdBack(chat, 'workflow.list');
      await more.press('Enter');
      await eventually(() => more.getAttribute('aria-disabled')).toBe('true');
      expect(await focused(chat)).toContain('Show more conversations');
      letGo();
      await eventually(() => links.count()).toBe(53);
      await eventually(() => links.nth(50).and(chat.page.locator(':focus')).count()).toBe(1);
    }),
  );
});
