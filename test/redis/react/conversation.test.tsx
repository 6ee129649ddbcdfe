import './support/install-dom.ts';
import { describe, expect, it } from 'vitest';
import { openPage } from './support/open-page.ts';
import { said } from './support/page.tsx';

describe('a conversation that is shown', () => {
  it('is loaded, and then watched', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    expect(chat.view).toMatchObject({ status: 'loading', messages: [], connection: 'connecting' });
    const view = await chat.until(({ connection }) => connection === 'live');
    expect(view).toMatchObject({
      status: 'active',
      workflowId: 'travel',
      progress: { stepNumber: 1, totalSteps: 2 },
      suggestedInput: { type: 'text', field: 'destination' },
      workflowState: { turnCount: 1 },
      lastTurn: { number: 1 },
      ...{ pending: null, busy: null, live: null, error: null, summary: null, hasOlder: false },
    });
    expect(said(view)).toEqual(['user: hello', 'assistant: Where to?']);
    expect(page.sentTo('get')).toHaveLength(1);
    expect(page.sentTo('watch')).toHaveLength(1);
    // The server does not send again what the page already shows.
    expect(decodeURIComponent(page.sentTo('watch')[0]?.url ?? '')).toContain('"after":1');
  });

  it('shows turns that are made elsewhere, live and then stored, once and in order', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    for (const words of ['one', 'two']) {
      const turn = conversation.turn(words, { turnId: words });
      const asked = await page.agent.asked();
      asked.says('You said');
      const partial = await chat.until(({ live }) => live?.texts[0]?.text === 'You said');
      expect(partial.busy).toEqual({ runningForMs: null, turnId: words });
      asked.says(`You said ${words}`);
      await chat.until(({ live }) => live?.texts[0]?.text === `You said ${words}`);
      asked.answers(`You said ${words}.`);
      await turn;
      await chat.until(({ live }) => live === null);
      expect(said(chat.view).at(-1)).toBe(`assistant: You said ${words}.`);
    }
    expect(said(chat.view)).toEqual([
      ...['user: hello', 'assistant: Where to?'],
      ...['user: one', 'assistant: You said one.', 'user: two', 'assistant: You said two.'],
    ]);
    expect(page.sentTo('get')).toHaveLength(1);
  });

  it('keeps its message objects while an answer grows, so that they need not be rendered again', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    const { messages: shown } = await chat.until(({ connection }) => connection === 'live');
    const turn = conversation.turn('more');
    const asked = await page.agent.asked();
    asked.says('Mo');
    await chat.until(({ live }) => live?.texts[0]?.text === 'Mo');
    asked.answers('More.');
    await turn;
    const { messages } = await chat.until((view) => view.messages.length === 4);
    expect(messages[0]).toBe(shown[0]);
    expect(messages[1]).toBe(shown[1]);
  });
});
