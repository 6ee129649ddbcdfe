import type { ConversationView } from '@turnkeeper/client/react';
import { useState } from 'react';
import type { JSX } from 'react';
import { describeProgress, withoutMarkdown } from '../parts/read-aloud.ts';

interface AnnouncerProps {
  readonly view: ConversationView;
  readonly stepTitle: string | undefined;
}

/**
 * Announces to screen readers each turn that is committed while the page is open: the agent's words and the progress,
 * once.
 */
export function Announcer({ view, stepTitle }: AnnouncerProps): JSX.Element {
  const turn = view.lastTurn?.number ?? 0;
  const [turnAtStart] = useState(turn);
  const words = view.messages
    .filter((message) => message.turn === turn && message.role === 'assistant')
    .map(({ kind, text }) => withoutMarkdown(text ?? (kind === 'card' ? 'A card.' : '')));
  const progress = view.progress === null ? [] : [describeProgress(view.progress, stepTitle)];
  const isAnswering = view.live !== null || view.isSending;
  return (
    <div className="visually-hidden" role="status" aria-live="polite" aria-label="Announcements">
      {turn > turnAtStart && <p key={turn}>{[...words, ...progress].join(' ')}</p>}
      {isAnswering && <p>The agent is answering.</p>}
    </div>
  );
}
