import './support/install-dom.ts';
import { focusManager } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { openPage } from './support/open-page.ts';
import { createPage, said } from './support/page.tsx';
import { faultyProxy } from '../client-sdk/faulty-proxy.ts';

describe('a conversation that ends', () => {
  it('by a turn is completed, with its summary', async () => {
    await using page = await openPage();
    const chat = page.show({ conversationId: 'c', workflowId: 'survey' });
    await chat.until(({ status }) => status === 'unopened');
    chat.do((view) => view.send('five'));
    (await page.agent.asked()).answers({ text: 'Thank you.', data: { rating: 5 } });
    await chat.until(({ connection, pending }) => connection === 'ended' && pending === null);
    expect(chat.view).toMatchObject({
      status: 'completed',
      suggestedInput: { type: 'none' },
      progress: { percentComplete: 100 },
      summary: { title: 'Survey', steps: [{ fields: [{ field: 'rating', value: 5 }] }] },
    });
    expect(said(chat.view)).toEqual(['user: five', 'assistant: Thank you.']);
  });

  it('by the user is cancelled, and shown so to whoever comes later', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.end({ outcome: 'cancelled', reason: 'It rains.' }));
    expect(chat.view.ending).toEqual({ isPending: true, error: null });
    await chat.until(({ connection, ending }) => connection === 'ended' && !ending.isPending);
    expect(chat.view).toMatchObject({ status: 'ended', summary: { reason: 'It rains.' } });
    chat.unmount();
    const later = page.show({ conversationId: 'c' });
    await later.until(({ summary }) => summary?.reason === 'It rains.');
    expect(later.view.status).toBe('ended');
  });

  it('is not ended while required fields are missing, and says which', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.end({ outcome: 'completed' }));
    const { ending, status } = await chat.until((view) => view.ending.error !== null);
    expect(ending.error?.reason).toBe('FIELDS_MISSING');
    expect(ending.error?.issues?.map(({ path }) => path)).toContain('destination');
    expect(status).toBe('active');
  });

  it('elsewhere is seen to have ended', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    await conversation.end({ outcome: 'cancelled' });
    await chat.until(({ status, connection }) => status === 'ended' && connection === 'ended');
    expect(chat.view.summary).not.toBeNull();
  });

  it('unseen is noticed when a turn is refused for it', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do(() => focusManager.setFocused(false));
    await conversation.end({ outcome: 'cancelled' });
    chat.do((view) => view.send('more'));
    const { pending } = await chat.until(({ status }) => status === 'ended');
    expect(pending).toMatchObject({ phase: 'failed', error: { reason: 'WORKFLOW_ENDED' } });
  });
});

describe('a conversation that is no more', () => {
  it('was never there', async () => {
    await using page = await openPage();
    const chat = page.show({ conversationId: 'none' });
    await chat.until(({ status }) => status === 'gone');
    expect(chat.view).toMatchObject({ connection: 'ended', error: { reason: 'WORKFLOW_NOT_FOUND' } });
    expect(page.sentTo('watch')).toHaveLength(0);
  });

  it.each([
    ['by the user', true],
    ['elsewhere', false],
  ])('was purged while it was shown, %s, and is not opened again', async (_where, isOwn) => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c', workflowId: 'travel', open: true });
    await chat.until(({ connection }) => connection === 'live');
    const request = { outcome: 'cancelled', purge: true } as const;
    if (isOwn) chat.do((view) => view.end(request));
    else await conversation.end(request);
    await chat.until(({ status }) => status === 'gone');
    expect(chat.view).toMatchObject({ messages: [], connection: 'ended', workflowState: null });
    await expect(conversation.get()).rejects.toMatchObject({ reason: 'WORKFLOW_NOT_FOUND' });
    expect(page.agent.heard).toEqual(['hello']);
    expect(page.openWatches()).toHaveLength(0);
    // Nothing of the conversation is left in the page's cache either.
    const cached = page.queryClient.getQueriesData({ queryKey: [['workflow', 'get']] });
    expect(cached.map(([, data]) => data)).toEqual([undefined]);
  });

  it('is gone, too, when only the answer to its purge was lost', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    await using proxy = await faultyProxy(page.server.url, ['pass', 'pass', 'cut after']);
    using lossy = createPage({ url: proxy.url });
    const chat = lossy.show({ conversationId: 'c', workflowId: 'travel', open: true });
    await chat.until(({ connection }) => connection === 'live');
    chat.do((view) => view.end({ outcome: 'cancelled', purge: true }));
    await chat.until(({ status, ending }) => status === 'gone' && !ending.isPending);
    expect(chat.view.ending.error).toBeNull();
    await expect(conversation.get()).rejects.toMatchObject({ reason: 'WORKFLOW_NOT_FOUND' });
    chat.unmount();
  });

  it('is not opened again by a turn that was sent before the purge', async () => {
    await using page = await openPage({ env: { MAX_WATCHERS_PER_USER: '0' } });
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c', workflowId: 'travel', open: true });
    await chat.until(({ connection }) => connection === 'interrupted');
    await conversation.end({ outcome: 'cancelled', purge: true });
    chat.do((view) => view.send('more'));
    await chat.until(({ status }) => status === 'gone');
    expect(page.agent.heard).toEqual(['hello']);
  });

  it('is gone, too, when a turn is refused because of a purge that the page missed', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c', workflowId: 'travel' });
    await chat.until(({ connection }) => connection === 'live');
    chat.do(() => focusManager.setFocused(false));
    await conversation.end({ outcome: 'cancelled', purge: true });
    chat.do((view) => view.send('more'));
    const { pending } = await chat.until(({ status }) => status === 'gone');
    expect(pending?.phase).toBe('failed');
    expect(page.agent.heard).toEqual(['hello']);
  });

  it('is not opened again by a turn that is sent to it nevertheless', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c', workflowId: 'travel' });
    await chat.until(({ connection }) => connection === 'live');
    await conversation.end({ outcome: 'cancelled', purge: true });
    await chat.until(({ status }) => status === 'gone');
    chat.do((view) => view.send('more'));
    const { pending } = await chat.until(({ isSending }) => !isSending);
    expect(pending).toMatchObject({ phase: 'failed', error: { reason: 'WORKFLOW_NOT_FOUND' } });
    expect(page.sentTo('turn')).toHaveLength(0);
  });

  it('was purged while it was not shown, although it is cached', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    chat.unmount();
    await conversation.end({ outcome: 'cancelled', purge: true });
    const later = page.show({ conversationId: 'c' });
    await later.until(({ status }) => status === 'gone');
    expect(later.view.messages).toEqual([]);
  });

  it('has nothing in common with another one of the same id', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    await page.say('c', 'more', 'More.');
    const chat = page.show({ conversationId: 'c', workflowId: 'travel' });
    await chat.until(({ connection }) => connection === 'live');
    chat.unmount();
    await conversation.end({ outcome: 'cancelled', purge: true });
    const later = page.show({ conversationId: 'c', workflowId: 'travel' });
    await later.until(({ status, connection }) => status === 'unopened' && connection === 'live');
    later.do((view) => view.send('anew'));
    (await page.agent.asked()).answers('Anew.');
    await later.until(({ pending }) => pending === null);
    expect(said(later.view)).toEqual(['user: anew', 'assistant: Anew.']);
  });
});
