import './support/install-dom.ts';
import { describe, expect, it } from 'vitest';
import {
  useConversations,
  useDefinitions,
  useTurnkeeperClient,
} from '../../../client-sdk/src/react/index.ts';
import { openPage } from './support/open-page.ts';

describe("the user's conversations", () => {
  it('are listed page by page, newest activity first', async () => {
    await using page = await openPage();
    for (const id of ['a', 'b', 'c']) await page.say(id);
    const list = page.draw(useConversations, { limit: 2 });
    expect(list.view).toMatchObject({ isLoading: true, conversations: [], error: null });
    await list.until(({ isLoading }) => !isLoading);
    const ids = () => list.view.conversations.map(({ conversationId }) => conversationId);
    expect(ids()).toEqual(['c', 'b']);
    expect(list.view.hasMore).toBe(true);
    list.do((view) => view.loadMore());
    await list.until(({ hasMore }) => !hasMore);
    expect(ids()).toEqual(['c', 'b', 'a']);
    expect(list.view.conversations[0]).toMatchObject({ title: 'Business trip', turnCount: 1 });
  });

  it('are listed again when a shown one continues or ends', async () => {
    await using page = await openPage();
    await page.say('a');
    await page.say('b');
    const list = page.draw(useConversations, {});
    const chat = page.show({ conversationId: 'a' });
    await chat.until(({ connection }) => connection === 'live');
    await list.until(({ conversations: [first] }) => first?.conversationId === 'b');
    await page.say('a', 'more');
    await list.until(({ conversations: [first] }) => first?.conversationId === 'a' && first.turnCount === 2);
    chat.do((view) => view.end({ outcome: 'cancelled' }));
    await list.until(({ conversations: [first] }) => first?.outcome === 'cancelled');
  });

  it('say why they could not be listed, and can be asked for again', async () => {
    await using page = await openPage();
    await page.say('a');
    page.front.aim('http://127.0.0.1:9');
    const list = page.draw(useConversations, {});
    await list.until(({ error }) => error?.reason === 'UNREACHABLE');
    expect(page.sentTo('list')).toHaveLength(3);
    page.front.aim(page.server.url);
    list.do((view) => view.refetch());
    await list.until(({ conversations: [first] }) => first?.conversationId === 'a');
    expect(list.view.error).toBeNull();
  });
});

describe('the workflows', () => {
  it('are those that the server runs', async () => {
    await using page = await openPage();
    const drawn = page.draw(useDefinitions, undefined);
    expect(drawn.view).toMatchObject({ isLoading: true, definitions: undefined });
    const { definitions } = await drawn.until(({ isLoading }) => !isLoading);
    expect(definitions?.map(({ id }) => id)).toEqual(['travel', 'survey']);
    expect(page.sentTo('definitions')).toHaveLength(1);
  });

  it('say why they could not be loaded', async () => {
    await using page = await openPage();
    page.front.aim('http://127.0.0.1:9');
    const drawn = page.draw(useDefinitions, undefined);
    await drawn.until(({ error }) => error?.reason === 'UNREACHABLE');
  });
});

describe('the provider', () => {
  it('hands out its client', async () => {
    await using page = await openPage();
    expect(page.draw(() => useTurnkeeperClient(), undefined).view).toBe(page.client);
  });
});
