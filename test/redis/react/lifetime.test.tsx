import './support/install-dom.ts';
import { focusManager } from '@tanstack/react-query';
import { createTRPCClient, httpLink } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import type { AppRouter } from '../../../client-sdk/src/router.ts';
import { openPage } from './support/open-page.ts';
import { said } from './support/page.tsx';
import { turnIdsOf } from './support/sent-turns.ts';

describe('under StrictMode', () => {
  it('opens a conversation that is not there yet once, with one watch', async () => {
    await using page = await openPage();
    const chat = page.show({ conversationId: 'c', workflowId: 'travel', open: true });
    await chat.until(({ isSending }) => isSending);
    expect(chat.view).toMatchObject({ status: 'unopened', workflowId: 'travel', messages: [], error: null });
    const asked = await page.agent.asked();
    await chat.until(({ connection }) => connection === 'live');
    asked.says('Welc');
    await chat.until(({ live }) => live?.texts[0]?.text === 'Welc');
    asked.answers('Welcome.');
    await chat.until(({ status, pending }) => status === 'active' && pending === null);
    expect(said(chat.view)).toEqual(['assistant: Welcome.']);
    expect(page.agent.heard).toEqual(['open']);
    expect(page.sentTo('turn')).toHaveLength(1);
    expect(page.sentTo('watch')).toHaveLength(1);
  });

  it('opens it once for two components and another tab', async () => {
    await using page = await openPage();
    using tab = page.openTab();
    const options = { conversationId: 'c', workflowId: 'travel', open: true };
    const chats = [page.show(options), page.show(options), tab.show(options)];
    const asked = await page.agent.asked();
    for (const chat of chats) await chat.until(({ live, isSending }) => isSending || live !== null);
    asked.answers('Welcome.');
    for (const chat of chats) {
      await chat.until(({ status, pending }) => status === 'active' && pending === null);
      expect(said(chat.view)).toEqual(['assistant: Welcome.']);
      expect(chat.view.workflowState?.turnCount).toBe(1);
    }
    expect(page.agent.heard).toEqual(['open']);
    // Every page uses the same turn id: an id that one page makes up differs from another's.
    expect(new Set([...turnIdsOf(page), ...turnIdsOf(tab)])).toEqual(new Set(['opening']));
  });

  it('does not open again by itself what could not be opened; a retry does', async () => {
    await using page = await openPage({ client: { retry: { attempts: 1 } } });
    const chat = page.show({ conversationId: 'c', workflowId: 'travel', open: true });
    (await page.agent.asked()).fails();
    await chat.until(({ pending }) => pending?.phase === 'failed');
    expect(chat.view).toMatchObject({ status: 'unopened', pending: { input: { type: 'open' } } });
    chat.do((view) => expect(view.discard()).toEqual({ type: 'open' }));
    chat.rerender({ conversationId: 'c', workflowId: 'travel', open: true, whenBusy: 'wait' });
    expect(chat.view.isSending).toBe(false);
    chat.do((view) => view.send({ type: 'open' }));
    (await page.agent.asked()).answers('Welcome.');
    await chat.until(({ status }) => status === 'active');
    expect(said(chat.view)).toEqual(['assistant: Welcome.']);
  });

  it('lets the user speak first where it is not to be opened', async () => {
    await using page = await openPage();
    const chat = page.show({ conversationId: 'c', workflowId: 'travel' });
    await chat.until(({ status, connection }) => status === 'unopened' && connection === 'live');
    expect(page.sentTo('turn')).toHaveLength(0);
    chat.do((view) => view.send('To Bergen'));
    (await page.agent.asked()).answers('Bergen it is.');
    await chat.until(({ status, pending }) => status === 'active' && pending === null);
    expect(said(chat.view)).toEqual(['user: To Bergen', 'assistant: Bergen it is.']);
  });

  it('sees a conversation begin that is opened elsewhere', async () => {
    await using page = await openPage();
    const chat = page.show({ conversationId: 'c', workflowId: 'travel' });
    await chat.until(({ status, connection }) => status === 'unopened' && connection === 'live');
    await page.say('c');
    await chat.until(({ status }) => status === 'active');
    expect(said(chat.view)).toEqual(['user: hello', 'assistant: Where to?']);
  });
});

describe('a component that goes away', () => {
  it('closes its watch and renders no more, although its turn goes on; the next one shows it', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.send('To Bergen'));
    const asked = await page.agent.asked();
    const drawn = chat.views.length;
    chat.unmount();
    await Promise.resolve();
    expect(page.openWatches()).toHaveLength(0);
    const again = page.show({ conversationId: 'c' });
    expect(said(again.view).at(-1)).toBe('user (sending): To Bergen');
    again.unmount();
    asked.answers('Bergen it is.');
    await page.untilStored('c', 2);
    const later = page.show({ conversationId: 'c' });
    await later.until(({ pending, workflowState }) => pending === null && workflowState?.turnCount === 2);
    expect(said(later.view).slice(2)).toEqual(['user: To Bergen', 'assistant: Bergen it is.']);
    expect(chat.views).toHaveLength(drawn);
    expect(page.sentTo('turn')).toHaveLength(1);
  });

  it('leaves a turn that failed meanwhile to the next one', async () => {
    await using page = await openPage({ client: { retry: { attempts: 1 } } });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.send('To Bergen'));
    const asked = await page.agent.asked();
    chat.unmount();
    asked.fails();
    const later = page.show({ conversationId: 'c' });
    await later.until(({ pending }) => pending?.phase === 'failed');
    later.do((view) => view.retry());
    (await page.agent.asked()).answers('Bergen it is.');
    await later.until(({ pending }) => pending === null);
    expect(new Set(turnIdsOf(page)).size).toBe(1);
  });

  it('leaves its cache to the next one, which shows it and loads it again', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.unmount();
    const turn = conversation.turn('elsewhere');
    (await page.agent.asked()).answers('Noted.');
    await turn;
    const later = page.show({ conversationId: 'c' });
    expect(said(later.view)).toEqual(['user: hello', 'assistant: Where to?']);
    expect(later.view.status).toBe('active');
    await later.until(({ messages }) => messages.length === 4);
    expect(page.sentTo('get')).toHaveLength(2);
  });
});

describe('two components that show the same conversation', () => {
  it('share one watch, one load and the turn that is sent', async () => {
    await using page = await openPage();
    await page.say('c');
    const chats = [page.show({ conversationId: 'c' }), page.show({ conversationId: 'c' })] as const;
    for (const chat of chats) await chat.until(({ connection }) => connection === 'live');
    chats[0].do((view) => view.send('To Bergen'));
    expect(chats[1].view.isSending).toBe(true);
    chats[1].do((view) => view.send('no'));
    (await page.agent.asked()).answers('Bergen it is.');
    for (const chat of chats) {
      await chat.until(({ pending }) => pending === null);
      expect(said(chat.view).slice(2)).toEqual(['user: To Bergen', 'assistant: Bergen it is.']);
    }
    chats[0].unmount();
    await Promise.resolve();
    expect(page.openWatches()).toHaveLength(1);
    expect(page.sentTo('watch')).toHaveLength(1);
    expect(page.sentTo('get')).toHaveLength(1);
    chats[1].unmount();
    await Promise.resolve();
    expect(page.openWatches()).toHaveLength(0);
  });
});

describe('a component whose conversation changes', () => {
  it('leaves the one and shows the other, without mixing them', async () => {
    await using page = await openPage();
    await page.say('a', 'hello', 'Of a.');
    await page.say('b', 'hi', 'Of b.');
    const chat = page.show({ conversationId: 'a' });
    await chat.until(({ connection }) => connection === 'live');
    chat.rerender({ conversationId: 'b' });
    expect(chat.view).toMatchObject({ conversationId: 'b', status: 'loading', messages: [] });
    await chat.until(({ connection }) => connection === 'live');
    expect(said(chat.view)).toEqual(['user: hi', 'assistant: Of b.']);
    expect(page.openWatches()).toHaveLength(1);
    for (const { conversationId, messages } of chat.views)
      expect(JSON.stringify(messages)).not.toContain(conversationId === 'a' ? 'Of b' : 'Of a');
    chat.rerender({ conversationId: 'a' });
    await chat.until(({ connection }) => connection === 'live');
    expect(said(chat.view)).toEqual(['user: hello', 'assistant: Of a.']);
  });
});

describe('a page that nobody looks at', () => {
  it('keeps no connection for its watch, and has missed nothing once it is looked at again', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do(() => focusManager.setFocused(false));
    expect(page.openWatches()).toHaveLength(0);
    expect(chat.view).toMatchObject({ connection: 'connecting', status: 'active', error: null });
    chat.do((view) => view.send('ours'));
    (await page.agent.asked()).answers('Ours.');
    await chat.until(({ pending }) => pending === null);
    await page.say('c', 'theirs', 'Theirs.');
    expect(page.openWatches()).toHaveLength(0);
    chat.do(() => focusManager.setFocused(undefined));
    await chat.until(({ connection, messages }) => connection === 'live' && messages.length === 6);
    expect(said(chat.view).slice(2)).toEqual([
      ...['user: ours', 'assistant: Ours.', 'user: theirs', 'assistant: Theirs.'],
    ]);
    expect(page.openWatches()).toHaveLength(1);
  });
});

describe("a turn of one's own that nobody watches", () => {
  it('is shown with those before it that were not seen, and not missing in between', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do(() => focusManager.setFocused(false));
    await page.say('c', 'theirs', 'Theirs.');
    chat.do((view) => view.send('ours'));
    (await page.agent.asked()).answers('Ours.');
    await chat.until(({ pending }) => pending === null);
    expect(said(chat.view).slice(2)).toEqual([
      ...['user: theirs', 'assistant: Theirs.', 'user: ours', 'assistant: Ours.'],
    ]);
    const sent = chat.views.findIndex(({ isSending }) => isSending);
    for (const { messages } of chat.views.slice(sent))
      expect(messages.some(({ text }) => text === 'ours')).toBe(true);
  });

  it('is shown with those after it, too, where it had been stored earlier', async () => {
    await using page = await openPage({ client: { retry: { attempts: 1 } } });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do(() => focusManager.setFocused(false));
    chat.do((view) => view.send('ours'));
    const asked = await page.agent.asked();
    page.front.cut();
    await chat.until(({ pending }) => pending?.phase === 'failed');
    asked.answers('Ours.');
    await page.untilStored('c', 2);
    await page.say('c', 'theirs', 'Theirs.');
    chat.do((view) => view.retry());
    await chat.until(({ pending, messages }) => pending === null && messages.length === 6);
    expect(said(chat.view).slice(2)).toEqual([
      ...['user: ours', 'assistant: Ours.', 'user: theirs', 'assistant: Theirs.'],
    ]);
  });
});

describe('a component with new options', () => {
  it('keeps its watch', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.rerender({ conversationId: 'c', workflowId: 'travel', open: true, whenBusy: 'wait' });
    await Promise.resolve();
    expect(chat.view.connection).toBe('live');
    await page.say('c', 'more', 'More.');
    await chat.until(({ messages }) => messages.length === 4);
    expect(page.sentTo('watch')).toHaveLength(1);
    expect(page.sentTo('get')).toHaveLength(1);
  });
});

describe('the query cache', () => {
  it("is tRPC's: its own options find there what is shown, with the turns seen since", async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    const turn = conversation.turn('elsewhere');
    (await page.agent.asked()).answers('Noted.');
    await turn;
    await chat.until(({ messages }) => messages.length === 4);
    const trpc = createTRPCOptionsProxy<AppRouter>({
      client: createTRPCClient<AppRouter>({
        links: [httpLink({ url: `${page.server.url}/trpc`, transformer: superjson })],
      }),
      queryClient: page.queryClient,
    });
    const options = trpc.workflow.get.queryOptions({ conversationId: 'c' });
    expect(page.queryClient.getQueryData(options.queryKey)?.messages).toHaveLength(4);
    await page.queryClient.invalidateQueries({ queryKey: options.queryKey });
    expect(page.sentTo('get')).toHaveLength(2);
    expect(said(chat.view)).toHaveLength(4);
  });
});
