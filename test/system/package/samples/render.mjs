// A server that renders pages: it sends no request yet.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTurnkeeperClient } from '@turnkeeper/client';
import { TurnkeeperProvider, useConversation } from '@turnkeeper/client/react';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

const client = createTurnkeeperClient({ url: 'http://127.0.0.1:9' });

function Chat() {
  const { conversationId, status } = useConversation({ conversationId: 'c1' });
  return createElement('p', null, `${conversationId} is ${status}`);
}

const provider = createElement(TurnkeeperProvider, { client }, createElement(Chat));
console.log(
  renderToStaticMarkup(createElement(QueryClientProvider, { client: new QueryClient() }, provider)),
);
