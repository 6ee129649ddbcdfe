import type { ConversationsView } from '@turnkeeper/client/react';
import { useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';
import { useFocusAfterLast } from '../parts/browser-hooks.ts';
import { Icon } from '../parts/icon.tsx';
import { LoadFailure } from '../parts/failures.tsx';
import { focusMain } from '../parts/page-frame.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { hashOf } from '../routing/route.ts';
import { formatAgo, formatMoment } from '../workflow/format-value.ts';
import type { NamedConversation } from './conversation-name.ts';
import { DeleteDialog } from './delete-dialog.tsx';

interface MoreConversationsProps {
  readonly view: ConversationsView;
  readonly isSearching: boolean;
}

/** What follows the lists: that they load, fail, are empty, or go on. */
export function MoreConversations({ view, isSearching }: MoreConversationsProps): JSX.Element {
  const { conversations, isLoading, error, hasMore, isLoadingMore } = view;
  const shownBefore = useRef<ReadonlySet<string>>(new Set());
  useFocusAfterLast(hasMore, () => {
    const links = [...document.querySelectorAll<HTMLAnchorElement>('a[data-conversation]')];
    links.find(({ dataset }) => !shownBefore.current.has(dataset['conversation'] ?? ''))?.focus();
  });
  return (
    <>
      {isLoading && <div className="skeleton skeleton--row" />}
      {error !== null && <LoadFailure error={error} onRetry={() => view.refetch()} />}
      {!isLoading && error === null && conversations.length === 0 && (
        <p className="start__empty">No conversations yet. The ones you start will be listed here.</p>
      )}
      {hasMore && !isSearching && (
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
    </>
  );
}

interface ConversationListProps {
  readonly title: string;
  readonly conversations: readonly NamedConversation[];
  /** Called when a conversation was deleted. */
  readonly onDeleted: () => void;
}

export function ConversationList({
  title,
  conversations,
  onDeleted,
}: ConversationListProps): JSX.Element | null {
  const [now] = useState(() => Date.now());
  const [toDelete, setToDelete] = useState<NamedConversation | null>(null);
  const headingRef = useRef<HTMLHeadingElement>(null);
  const hasDeleted = useRef(false);
  const count = conversations.length;
  useEffect(() => {
    // The button that had the focus has gone with its conversation.
    if (!hasDeleted.current || document.activeElement !== document.body) return;
    hasDeleted.current = false;
    if (headingRef.current === null) focusMain();
    else headingRef.current.focus();
  }, [count]);
  if (count === 0) return null;
  return (
    <section className="start__section" aria-label={title}>
      <h2 ref={headingRef} tabIndex={-1}>
        {title}
      </h2>
      <ul className="conversations">
        {conversations.map((one) => (
          <li key={one.conversation.conversationId} className="conversations__item">
            <ConversationLink {...one} now={now} />
            <button
              type="button"
              className="icon-button conversations__delete"
              aria-label={`Delete ${one.naming.name}`}
              title="Delete"
              onClick={() => setToDelete(one)}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      <DeleteDialog
        conversation={toDelete}
        onClose={(isDeleted) => {
          setToDelete(null);
          if (!isDeleted) return;
          hasDeleted.current = true;
          onDeleted();
        }}
      />
    </section>
  );
}

interface ConversationLinkProps extends NamedConversation {
  readonly now: number;
}

function ConversationLink({ conversation, definition, naming, now }: ConversationLinkProps): JSX.Element {
  const { conversationId, status, outcome, progress, updatedAt } = conversation;
  const step = definition?.steps.find(({ id }) => id === progress.currentStep)?.title ?? progress.currentStep;
  const isActive = status === 'active';
  return (
    <a
      className="conversation"
      data-conversation={conversationId}
      href={hashOf({ page: 'conversation', conversationId })}
    >
      <span className="conversation__title">
        <span className="visually-hidden">{isActive ? 'Continue ' : 'View '}</span>
        {naming.name}
        {naming.detail !== null && <span className="conversation__detail">{naming.detail}</span>}
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
