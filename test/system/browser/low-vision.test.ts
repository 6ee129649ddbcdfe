import { describe, expect, it } from 'vitest';
import type { ChatPage } from './support/chat-page.ts';
import { startChatServer } from './support/chat-server.ts';
import { inBrowser } from './support/in-browser.ts';

const styleOf = ({ page }: ChatPage, selector: string, property: string) =>
  page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).${property}`);

describe('a page that is zoomed to 200 %', () => {
  it(
    'has room for the messages beside the controls',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url);
      await chat.page.setViewportSize({ width: 640, height: 400 });
      await chat.start('Leave request');
      await chat.page.getByLabel('First day off', { exact: true }).waitFor();
      const box = await chat.region('Conversation').boundingBox();
      expect(box?.height).toBeGreaterThan(180);
      await chat.page.getByText('Step 1 of 3', { exact: true }).waitFor();
      expect(await chat.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    }),
  );
});

describe('the page on a system with its own few colors', () => {
  it(
    'gives the focus, the progress and the user’s own messages an edge',
    inBrowser(async ({ open, keep }) => {
      const server = keep(await startChatServer());
      const chat = await open(server.url);
      await chat.page.emulateMedia({ forcedColors: 'active' });
      await chat.start('Leave request');
      await chat.say('from 5 July 2027');
      await chat.sees('from 5 July 2027');
      await chat.box.focus();
      expect(await styleOf(chat, '.answer-box', 'outlineStyle')).toBe('solid');
      expect(await styleOf(chat, '.answer-box', 'outlineColor')).not.toBe('rgba(0, 0, 0, 0)');
      for (const part of ['.bubble--user', '.progress__bar'])
        expect(await styleOf(chat, part, 'borderTopStyle'), part).toBe('solid');
      await chat.page.getByRole('link', { name: 'All conversations' }).click();
      await chat.region('In progress').waitFor();
      expect(await styleOf(chat, '.conversation__meter', 'borderTopStyle')).toBe('solid');
      const meter = await styleOf(chat, '.conversation__meter', 'backgroundColor');
      expect(await styleOf(chat, '.conversation__meter span', 'backgroundColor')).not.toBe(meter);
    }),
  );
});
