import './support/install-dom.ts';
import { dehydrate, hydrate } from '@tanstack/react-query';
import type { DehydratedState } from '@tanstack/react-query';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { openPage } from './support/open-page.ts';
import { createPage, said } from './support/page.tsx';

const asJson = (state: DehydratedState) => JSON.parse(JSON.stringify(state)) as DehydratedState;

/** A page, and the JSON that an earlier page kept of its conversation, which has continued since. */
async function comeBack({ serializeData }: { serializeData?: (data: unknown) => unknown } = {}) {
  const page = await openPage();
  await page.say('c');
  using earlier = createPage({ url: page.server.url });
  const chat = earlier.show({ conversationId: 'c' });
  await chat.until(({ connection }) => connection === 'live');
  chat.unmount();
  const kept = asJson(dehydrate(earlier.queryClient, serializeData === undefined ? {} : { serializeData }));
  await page.say('c', 'more', 'More.');
  return { ...page, kept };
}

describe('a conversation from a cache that was stored as JSON', () => {
  it.each(['before', 'while'])(
    'is loaded again, and never shown with its dates lost, restored %s it is shown',
    async (when) => {
      await using page = await comeBack();
      if (when === 'before') hydrate(page.queryClient, page.kept);
      const chat = page.show({ conversationId: 'c' });
      if (when === 'while') chat.do(() => hydrate(page.queryClient, page.kept));
      await chat.until(({ connection }) => connection === 'live');
      expect(said(chat.view)).toEqual([
        'user: hello',
        'assistant: Where to?',
        'user: more',
        'assistant: More.',
      ]);
      for (const { workflowState, error } of chat.views) {
        expect(error).toBeNull();
        if (workflowState !== null) expect(workflowState.openedAt).toBeInstanceOf(Date);
      }
    },
  );

  it('is shown at once if superjson wrote and read it', async () => {
    await using page = await comeBack({ serializeData: (data) => superjson.serialize(data) });
    const deserializeData = (data: Parameters<typeof superjson.deserialize>[0]) =>
      superjson.deserialize(data);
    hydrate(page.queryClient, page.kept, { defaultOptions: { deserializeData } });
    const chat = page.show({ conversationId: 'c' });
    expect(said(chat.view)).toEqual(['user: hello', 'assistant: Where to?']);
    await chat.until(({ messages }) => messages.length === 4);
  });
});
