import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { ChatPage } from './support/chat-page.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';

/** Presses Tab until the target has the focus, as a person without a mouse does. */
async function tabTo({ page }: ChatPage, target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await target.and(page.locator(':focus')).count()) === 1) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never comes to ${target.toString()}`);
}

async function press(chat: ChatPage, target: Locator, key = 'Enter'): Promise<void> {
  await tabTo(chat, target);
  await chat.page.keyboard.press(key);
}

const hasFocus = async ({ page }: ChatPage, target: Locator) =>
  eventually(() => target.and(page.locator(':focus')).count()).toBe(1);

/** Records every text that a live region has had, in order: the announcements to a screen reader. */
async function announcementsOf({ page }: ChatPage): Promise<() => Promise<string>> {
  await page.evaluate(`
    window.announced = [];
    const note = () => document.querySelectorAll('[aria-live], [role=status], [role=log], [role=alert]').forEach((region) => {
      const text = region.textContent.trim();
      if (text !== '' && window.announced.at(-1) !== text) window.announced.push(text);
    });
    new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true });
  `);
  return () => page.evaluate<string>("window.announced.join('\\n')");
}

describe('with the keyboard alone', () => {
  it(
    'a whole workflow can be walked, with the focus where the next answer goes',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url);
      const { keyboard } = chat.page;
      await press(chat, chat.button('Start Leave request'));
      await chat.firstQuestion();
      const announced = await announcementsOf(chat);

      await tabTo(chat, chat.page.getByLabel('First day off', { exact: true }));
      await keyboard.type('07052027');
      expect(await chat.page.getByLabel('First day off', { exact: true }).inputValue()).toBe('2027-07-05');
      await press(chat, chat.button('Use this date'));
      await chat.seesSaved('First day off');
      await tabTo(chat, chat.page.getByRole('spinbutton', { name: 'Working days' }));
      await keyboard.type('10');
      await press(chat, chat.button('Use this number'));
      await chat.seesSaved('Working days');
      await press(chat, chat.button('annual leave'), 'Space');
      await chat.seesSaved('Kind of leave');
      await tabTo(chat, chat.box);
      await keyboard.type('Priya');
      await keyboard.press('Shift+Enter');
      expect(await chat.box.inputValue()).toBe('Priya\n');
      await keyboard.press('Backspace');
      await keyboard.type(' Raman');
      await keyboard.press('Enter');
      await chat.seesSaved('Covered by');
      await press(chat, chat.button('Yes'));
      await chat.summary.waitFor();

      const heard = await announced();
      for (const words of ['Step 2 of 3: Details', 'Step 3 of 3: Confirm', 'Leave request is complete'])
        expect(heard).toContain(words);
      const download = chat.page.waitForEvent('download');
      await press(chat, chat.button('Download as JSON'));
      await download;
      await press(chat, chat.summary.getByRole('link', { name: 'All conversations' }));
      await chat.page.getByRole('heading', { name: 'What would you like to get done?' }).waitFor();
    }),
  );

  it(
    'the first stop skips to the content, and every stop is visible',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url);
      await chat.button('Start Leave request').waitFor();
      await chat.page.keyboard.press('Tab');
      await hasFocus(chat, chat.page.getByRole('link', { name: 'Skip to content' }));
      await chat.page.keyboard.press('Enter');
      await chat.page.keyboard.press('Tab');
      await eventually(() => chat.page.getByRole('main').locator(':focus').count()).toBe(1);
      const isOnThePage = () => chat.page.evaluate<boolean>('document.activeElement !== document.body');
      while (await isOnThePage()) {
        const shown = await chat.page.evaluate<string>(
          '(({ outlineStyle, boxShadow }) => outlineStyle + boxShadow)(getComputedStyle(document.activeElement))',
        );
        const stop = await chat.page.evaluate<string>('document.activeElement.outerHTML.slice(0, 80)');
        expect(shown, stop).not.toBe('nonenone');
        await chat.page.keyboard.press('Tab');
      }
    }),
  );

  it(
    'the focus moves along to a resumed conversation, and to an unknown address',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url, { failedRequests: true });
      await chat.start('Leave request');
      await press(chat, chat.page.getByRole('link', { name: 'All conversations' }));
      await press(chat, chat.page.getByRole('link', { name: 'Continue Leave request' }));
      await chat.box.waitFor();
      const isLost = () => chat.page.evaluate<boolean>('document.activeElement === document.body');
      await eventually(isLost).toBe(false);
      await chat.page.evaluate("location.hash = '#/c/never-was'");
      await chat.page.getByRole('heading', { name: 'This conversation is no longer here' }).waitFor();
      await eventually(isLost).toBe(false);
    }),
  );

  it(
    'a dialog keeps the focus, closes with Escape and gives it back',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url);
      await chat.start('Leave request');
      await press(chat, chat.button('End conversation'));
      const dialog = chat.page.getByRole('dialog', { name: 'End this conversation?' });
      await dialog.waitFor();
      for (let stop = 0; stop < 12; stop += 1) {
        await chat.page.keyboard.press('Tab');
        // The browser's own controls may be among the stops; the page under the dialog may not.
        expect(await chat.page.getByRole('main').locator(':focus').count()).toBe(0);
      }
      await chat.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await hasFocus(chat, chat.button('End conversation'));
    }),
  );
});

describe('a screen reader', () => {
  it(
    "announces the agent's words and the progress once, and not the earlier ones",
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url);
      await chat.start('Vendor onboarding');
      await chat.page.reload();
      await chat.box.waitFor();
      const polite = chat.page.locator('[aria-live="polite"]').filter({ hasText: 'Step' });
      expect(await polite.count()).toBe(0);
      const announced = await announcementsOf(chat);
      await chat.say('Smith and Sons Ltd');
      await chat.seesSaved('Legal name');
      await eventually(announced).toContain('legal form');
      expect(await announced()).toContain('Step 1 of');
    }),
  );
});
