/** A minimal chat. Render it inside `QueryClientProvider` and `TurnkeeperProvider` (docs/tutorial.md). */
import { useConversation } from '@turnkeeper/client/react';
import { useState } from 'react';
import type { JSX } from 'react';

export function Chat({ conversationId }: { readonly conversationId: string }): JSX.Element {
  const chat = useConversation({ conversationId, workflowId: 'vendor-onboarding', open: true });
  const [draft, setDraft] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        chat.send(draft);
        setDraft('');
      }}
    >
      {chat.messages.map(({ id, role, text }) => (
        <p key={id}>{`${role}: ${text ?? ''}`}</p>
      ))}
      {chat.live?.texts.map(({ streamId, text }) => (
        <p key={streamId}>{text}</p>
      ))}
      {chat.pending?.phase === 'failed' && (
        <button type="button" onClick={() => chat.retry()}>
          Try again
        </button>
      )}
      <input aria-label="Your answer" value={draft} onChange={({ target }) => setDraft(target.value)} />
      <button disabled={chat.isSending || draft.trim() === ''}>Send</button>
      <progress max={100} value={chat.progress?.percentComplete ?? 0} />
    </form>
  );
}
