import { describe, expect, it } from 'vitest';
import { ScriptedAgent } from '../../../server/testing/index.ts';
import type { ScriptedReply } from '../../../server/testing/index.ts';
import { travel } from '../../redis/contract/sample-workflows.ts';
import { deferred } from '../../support/deferred.ts';
import { post } from '../../support/post.ts';
import type { ChatPage } from './support/chat-page.ts';
import { startChatServer } from './support/chat-server.ts';
import { eventually } from './support/eventually.ts';
import { inBrowser } from './support/in-browser.ts';

const scroller = "document.querySelector('.transcript__scroller')";
const inScroller = <Read>({ page }: ChatPage, expression: string) =>
  page.evaluate<Read>(`(({ scrollTop, scrollHeight, clientHeight }) => ${expression})(${scroller})`);
const fromBottom = (chat: ChatPage) => inScroller<number>(chat, 'scrollHeight - scrollTop - clientHeight');

const streaming = (text: string, streamSequence: number) => ({
  type: 'typing',
  text,
  entities: [{ type: 'streaminfo', streamId: 's', streamType: 'streaming', streamSequence }],
});

/** Scrolls up by the wheel while the answer grows: both happen before the page can tell them apart by measuring. */
const wheelAgainstGrowth = `(() => {
  const scroller = ${scroller};
  scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: -120, bubbles: true }));
  scroller.scrollTop -= 120;
  document.querySelector('.bubble--growing').append(document.createElement('hr'), 'more words');
})()`;

describe('a long conversation', () => {
  it(
    'loads earlier messages as one scrolls up, and lets nobody be pulled down by a growing answer',
    inBrowser(async ({ open, keep }) => {
      const { promise, resolve } = deferred<ScriptedReply>();
      const long = Array.from({ length: 60 }, (_, line) => `Line ${line + 1}`).join('\n');
      const agent = new ScriptedAgent([
        ...Array.from({ length: 40 }, (_, index) => ({
          text: `Answer ${index + 1}.\n\n- [x] done\n- plain\n\nPay \u202eRUE 1`,
        })),
        async function* streamed() {
          yield streaming('Let me see', 1);
          yield { type: 'message', ...(await promise) };
        },
      ]);
      const server = keep(await startChatServer({ agent, definitions: [travel] }));
      for (let turn = 1; turn <= 40; turn += 1)
        await post(server.url, 'workflow.turn', {
          ...{ conversationId: 'c', workflowId: 'travel', turnId: `t-${turn}` },
          input: { type: 'text', text: turn === 39 ? long : turn === 40 ? '2027-07-05' : `Words ${turn}` },
        });
      const chat = await open(server.url, { hash: '#/c/c' });
      await chat.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await chat.sees('Answer 40.');

      // A date is shown as people write it, a long text folded, an invisible mark turns nothing round.
      await chat.message('Mon, 5 July 2027').waitFor();
      const folded = chat.message('Line 60');
      const foldedHeight = (await folded.boundingBox())?.height ?? 0;
      await folded.getByRole('button', { name: 'Show all' }).click();
      expect((await folded.boundingBox())?.height).toBeGreaterThan(foldedHeight * 2);
      await folded.getByRole('button', { name: 'Show less' }).click();
      expect(await chat.message('Answer 40.').innerText()).toContain('Pay RUE 1');
      const bullets = await chat.page.evaluate<string[]>(
        "[...document.querySelectorAll('.messages > li:last-child .markdown li')].map((item) => getComputedStyle(item).listStyleType)",
      );
      expect(bullets).toEqual(['none', 'disc']);

      // The newest copy button is a tab stop, and the arrow keys go through the others.
      const copy = chat.message('Answer 40.').getByRole('button', { name: 'Copy the answer' });
      await copy.focus();
      await chat.page.keyboard.press('ArrowUp');
      await chat.page.keyboard.press('Enter');
      await chat.message('Answer 39.').getByRole('button', { name: 'Copied' }).waitFor();
      expect(await chat.page.evaluate<string>('navigator.clipboard.readText()')).toContain('Answer 39.');

      await chat.say('And now?');
      await chat.message('Let me see').waitFor();
      await eventually(() => fromBottom(chat)).toBeLessThan(2);
      await chat.page.evaluate(wheelAgainstGrowth);
      await chat.button('Jump to the newest message').waitFor();
      resolve({ text: `Answer 41.\n\n${'- line\n'.repeat(30)}` });
      await chat.sees('Answer 41.');
      expect(await fromBottom(chat)).toBeGreaterThan(120);

      // Earlier messages come while one scrolls, and what one reads stays where it is.
      const messages = chat.messages.locator('> li');
      const atFirst = await messages.count();
      await chat.page.mouse.move(400, 400);
      await eventually(async () => {
        await chat.page.mouse.wheel(0, -600);
        return messages.count();
      }).toBeGreaterThan(atFirst);
      await eventually(() => inScroller<number>(chat, 'scrollTop')).toBeGreaterThan(500);
      await chat.button('Jump to the newest message').click();
      await eventually(() => fromBottom(chat)).toBeLessThan(2);
    }),
  );
});
