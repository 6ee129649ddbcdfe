import type { DefinitionResult, ListedConversation } from '@turnkeeper/client';
import type { ConversationsView } from '@turnkeeper/client/react';
import { useRef, useState } from 'react';
import type { JSX } from 'react';
import { useFocusAfterLast } from '../parts/browser-hooks.ts';
import { LoadFailure } from '../parts/failures.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { hashOf } from '../routing/route.ts';
import { formatAgo, formatMoment } from '../workflow/format-value.ts';

interface ConversationListsProps {
  readonly view: ConversationsView;
  readonly definitions: readonly DefinitionResult[] | undefined;
}

/** The user's conversations, page by page: active ones first, then finished ones. */
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
        <p className="start__empty">No conversations yet. The ones you start will be listed here.</p>
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

interface ConversationLinkProps {
  readonly conversation: ListedConversation;
  readonly definition: DefinitionResult | null;
  readonly now: number;
}

function ConversationLink({ conversation, definition, now }: ConversationLinkProps): JSX.Element {
  const { conversationId, title, status, outcome, progress, updatedAt } = conversation;
  const step = definition?.steps.find(({ id }) => id === progress.currentStep)?.title ?? progress.currentStep;
  const isActive = status === 'active';
  return (
    <a className="conversation" href={hashOf({ page: 'conversation', conversationId })}>
      <span className="conversation__title">
        <span className="visually-hidden">{isActive ? 'Continue ' : 'View '}</span>
        {title}
      </span>
      <span className="conversation__step">
        {isActive ? (
          `Step ${progress.stepNumber} of ${progress.totalSteps}: ${step}`
        ) : (
          <StatusBadge outcome={outcome} />
        )}
      </span>
      <span className="conversation__meter" aria-hidden="true">
        <span style={{ inlineSize: `${progress.percentComplete}%` }} />
      </span>
      <span className="conversation__percent">{`${progress.percentComplete}%`}</span>
      <time className="conversation__when" dateTime={updatedAt.toISOString()} title={formatMoment(updatedAt)}>
        {formatAgo(updatedAt, now)}
      </time>
    </a>
  );
}
