import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';

describe('words that are too long to be sent at once', () => {
  it(
    'stay complete in the box, with a notice, and are sent once they have been shortened',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([{ text: 'Where to?' }, { text: 'And when?' }]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url);
      await chat.start('Business trip');
      await chat.box.fill('a'.repeat(9_120));
      await chat.seesStatus('9,120 of 8,000 characters');
      expect(await chat.box.inputValue()).toHaveLength(9_120);
      expect(await chat.box.getAttribute('aria-invalid')).toBe('true');
      await chat.box.press('Enter');
      expect(await chat.button('Send').getAttribute('aria-disabled')).toBe('true');
      expect(await chat.box.inputValue()).toHaveLength(9_120);

      await chat.box.fill('a'.repeat(8_000));
      await chat.page.getByText('of 8,000 characters').waitFor({ state: 'hidden' });
      await chat.box.press('Enter');
      await chat.sees('And when?');
      expect(agent.requests).toHaveLength(2);
    }),
  );
});

describe('words of a language that is written from right to left', () => {
  const [asked, said] = ['إلى أين تسافر؟', 'إلى بيرغن'];

  it(
    'begin at the right, in the box and in the messages, beside left-to-right ones',
    inBrowser(async ({ open, keep }) => {
      const agent = new ScriptedAgent([{ text: `${asked}\n\nWhere to?` }, { text: 'And when?' }]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      const chat = await open(server.url);
      await chat.start('Business trip');
      await chat.box.fill(said);
      const direction = () =>
        chat.page.evaluate<string>("getComputedStyle(document.querySelector('textarea')).direction");
      await eventually(direction).toBe('rtl');
      const gaps = (words: string) =>
        chat.page.evaluate<{ left: number; right: number }>(`(() => {
          const paragraph = [...document.querySelectorAll('.messages p')].find(({ innerText }) => innerText === '${words}');
          const range = document.createRange();
          range.selectNodeContents(paragraph);
          const [text, box] = [range.getBoundingClientRect(), paragraph.getBoundingClientRect()];
          return { left: Math.round(text.left - box.left), right: Math.round(box.right - text.right) };
        })()`);
      // The Markdown parser is loaded when a conversation needs it.
      await chat.page.locator('.messages').getByText('Where to?', { exact: true }).waitFor();
      expect(await gaps(asked)).toMatchObject({ right: 0 });
      expect(await gaps('Where to?')).toMatchObject({ left: 0 });
      await chat.box.press('Enter');
      await chat.sees('And when?');
      await chat.sees(said);
    }),
  );
});
