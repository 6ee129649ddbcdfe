import './support/install-dom.ts';
import { describe, expect, it } from 'vitest';
import { openPage } from './support/open-page.ts';
import { said } from './support/page.tsx';

describe('older messages', () => {
  it('are loaded page by page, and stay while the conversation goes on and is loaded again', async () => {
    await using page = await openPage();
    const turns = Array.from({ length: 60 }, (_, index) => `turn ${index + 1}`);
    for (const words of turns) await page.say('c', words, `Re ${words}`);
    const whole = turns.flatMap((words) => [`user: ${words}`, `assistant: Re ${words}`]);
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    expect(said(chat.view)).toEqual(whole.slice(-50));
    expect(chat.view.hasOlder).toBe(true);
    chat.do((view) => {
      view.loadOlder();
      view.loadOlder();
    });
    expect(chat.view.isLoadingOlder).toBe(true);
    await chat.until(({ isLoadingOlder }) => !isLoadingOlder);
    expect(said(chat.view)).toEqual(whole.slice(-100));
    expect(page.sentTo('get')).toHaveLength(2);
    await page.say('c', 'more', 'More.');
    await chat.until(({ messages }) => messages.length === 102);
    const loads = page.sentTo('get').length;
    chat.do((view) => view.refetch());
    await chat.until(() => page.sentTo('get').length > loads);
    page.front.cut();
    await chat.until(({ connection }) => connection === 'interrupted');
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.loadOlder());
    await chat.until(({ hasOlder }) => !hasOlder);
    expect(said(chat.view)).toEqual([...whole, 'user: more', 'assistant: More.']);
    chat.do((view) => view.loadOlder());
    expect(chat.view.isLoadingOlder).toBe(false);
  });

  it('say why they could not be loaded, and can be asked for again', async () => {
    await using page = await openPage();
    for (let number = 1; number <= 30; number += 1) await page.say('c', `${number}`);
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    page.front.aim('http://127.0.0.1:9');
    page.front.cut();
    chat.do((view) => view.loadOlder());
    await chat.until(({ isLoadingOlder }) => !isLoadingOlder);
    expect(chat.view).toMatchObject({ status: 'active', hasOlder: true, error: { reason: 'UNREACHABLE' } });
    page.front.aim(page.server.url);
    chat.do((view) => view.loadOlder());
    await chat.until(({ hasOlder }) => !hasOlder);
    expect(chat.view.error).toBeNull();
    expect(chat.view.messages).toHaveLength(60);
  });
});
