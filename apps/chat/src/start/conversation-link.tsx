import type { DefinitionResult, ListedConversation } from '@turnkeeper/client';
import type { JSX } from 'react';
import { StatusBadge } from '../parts/status-badge.tsx';
import { hashOf } from '../routing/route.ts';
import { formatAgo, formatMoment } from '../workflow/format-value.ts';

interface ConversationLinkProps {
  readonly conversation: ListedConversation;
  readonly definition: DefinitionResult | null;
  readonly now: number;
}

export function ConversationLink({ conversation, definition, now }: ConversationLinkProps): JSX.Element {
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
