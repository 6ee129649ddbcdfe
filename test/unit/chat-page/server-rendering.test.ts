import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import {
  TurnkeeperProvider,
  useConversation,
  useConversations,
  useDefinitions,
} from '../../../client-sdk/src/react/index.ts';

describe('on a server, which has no window', () => {
  test('the hooks render what they know: that everything is loading', () => {
    expect('window' in globalThis).toBe(false);
    const client = createTurnkeeperClient({ url: 'http://127.0.0.1:9' });
    const Chat = () => {
      const { status } = useConversation({ conversationId: 'c', workflowId: 'leave-request', open: true });
      return `${status} ${useConversations().isLoading} ${useDefinitions().isLoading}`;
    };
    const provided = createElement(TurnkeeperProvider, { client }, createElement(Chat));
    expect(renderToString(createElement(QueryClientProvider, { client: new QueryClient() }, provided))).toBe(
      'loading true true',
    );
  });

  test('the page’s parts can be imported', async () => {
    // Their types need a browser's, which this project does not have.
    const app = new URL('../../../apps/chat/src/app.tsx', import.meta.url).href;
    await expect(import(app)).resolves.toHaveProperty('App');
  });
});
