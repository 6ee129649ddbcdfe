import type { DefinitionResult, ListedConversation } from '@turnkeeper/client';
import type { ConversationsView } from '@turnkeeper/client/react';
import { useRef, useState } from 'react';
import type { JSX } from 'react';
import { LoadFailure } from '../failures/load-failure.tsx';
import { useFocusAfterLast } from '../parts/use-focus-after-last.ts';
import { ConversationLink } from './conversation-link.tsx';

interface ConversationListsProps {
  readonly view: ConversationsView;
  readonly definitions: readonly DefinitionResult[] | undefined;
}

/** The user's conversations, those that go on before those that have finished; a page at a time. */
export function ConversationLists({ view, definitions }: ConversationListsProps): JSX.Element {
  const { conversations, isLoading, error, hasMore, isLoadingMore } = view;
  const active = conversations.filter(({ status }) => status === 'active');
  const finished = conversations.filter(({ status }) => status !== 'active');
  const shownBefore = useRef<ReadonlySet<string>>(new Set());
  const listsRef = useRef<HTMLDivElement>(null);
  useFocusAfterLast(hasMore, () => {
    const added = [...active, ...finished].findIndex(
      ({ conversationId }) => !shownBefore.current.has(conversationId),
    );
    listsRef.current?.querySelectorAll('a')[added]?.focus();
  });
  return (
    <div ref={listsRef}>
      <ConversationList title="In progress" conversations={active} definitions={definitions} />
      <ConversationList title="Finished" conversations={finished} definitions={definitions} />
      {isLoading && <div className="skeleton skeleton--row" />}
      {error !== null && <LoadFailure error={error} onRetry={() => view.refetch()} />}
      {!isLoading && error === null && conversations.length === 0 && (
        <p className="start__empty">No conversations yet. Those that you start are listed here.</p>
      )}
      {hasMore && (
        <button
          type="button"
          className="button button--quiet"
          aria-disabled={isLoadingMore}
          onClick={() => {
            if (isLoadingMore) return;
            shownBefore.current = new Set(conversations.map(({ conversationId }) => conversationId));
            view.loadMore();
          }}
        >
          Show more conversations
        </button>
      )}
    </div>
  );
}

interface ConversationListProps {
  readonly title: string;
  readonly conversations: readonly ListedConversation[];
  readonly definitions: readonly DefinitionResult[] | undefined;
}

function ConversationList({ title, conversations, definitions }: ConversationListProps): JSX.Element | null {
  const [now] = useState(() => Date.now());
  if (conversations.length === 0) return null;
  return (
    <section className="start__section" aria-label={title}>
      <h2>{title}</h2>
      <ul className="conversations">
        {conversations.map((conversation) => (
          <li key={conversation.conversationId}>
            <ConversationLink
              conversation={conversation}
              definition={definitions?.find(({ id }) => id === conversation.workflowId) ?? null}
              now={now}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
