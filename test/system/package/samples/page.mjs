// A page with React: it shows a conversation on the server at the given address, says something in it, and prints what it
// shows in the end.
import { Window } from 'happy-dom';

// React looks for a DOM as it loads.
const page = new Window({ url: 'http://127.0.0.1/' });
for (const [name, value] of Object.entries({
  window: page,
  document: page.document,
  navigator: page.navigator,
}))
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
const { createRoot } = await import('react-dom/client');
const { createElement, useEffect } = await import('react');
const { QueryClient, QueryClientProvider } = await import('@tanstack/react-query');
const { createTurnkeeperClient } = await import('@turnkeeper/client');
const { TurnkeeperProvider, useConversation, useConversations, useDefinitions } =
  await import('@turnkeeper/client/react');

function Chat({ conversationId, onShown }) {
  const workflowId = 'vendor-onboarding';
  const { status, pending, workflowState, messages, connection, send } = useConversation({
    ...{ conversationId, workflowId },
    open: true,
  });
  const { conversations } = useConversations();
  const { definitions } = useDefinitions();
  const turnCount = workflowState?.turnCount ?? 0;
  useEffect(() => {
    if (turnCount === 1 && pending === null && connection === 'live') send('Acme Ltd');
  }, [turnCount, pending, connection, send]);
  const { collected } = workflowState ?? {};
  const all = {
    ...{ status, turnCount, collected },
    said: messages.map(({ role }) => role),
    listed: conversations.map(({ progress }) => progress.currentStep),
    definitions: definitions?.length,
  };
  const text = JSON.stringify(all);
  useEffect(() => {
    if (turnCount === 2 && pending === null && all.listed.length === 1 && all.definitions !== undefined)
      onShown();
  }, [text, pending]);
  return createElement('p', null, text);
}

const client = createTurnkeeperClient({ url: process.argv[2], retry: { attempts: 2 } });
const queryClient = new QueryClient();
const root = createRoot(page.document.body);
await new Promise((onShown) => {
  const chat = createElement(Chat, { conversationId: process.argv[3], onShown });
  const provider = createElement(TurnkeeperProvider, { client }, chat);
  root.render(createElement(QueryClientProvider, { client: queryClient }, provider));
});
console.log(page.document.body.textContent);
// The watch and the timers of the cache keep the page open, so the program ends it.
process.exit();
