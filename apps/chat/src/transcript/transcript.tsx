import type { DefinitionResult, WhenBusy } from '@turnkeeper/client';
import type { ConversationView } from '@turnkeeper/client/react';
import { useEffect } from 'react';
import type { JSX, ReactNode } from 'react';
import { lastTurnOf } from '../conversation/standing.ts';
import { Icon } from '../parts/icon.tsx';
import { useFocusAfterLast } from '../parts/use-focus-after-last.ts';
import { cardDesk } from './card-actions.ts';
import { FailedTurn } from './failed-turn.tsx';
import { LiveAnswer } from './live-answer.tsx';
import { MessageContent } from './message-content.tsx';
import { messageGroups } from './message-groups.ts';
import { MessageItem } from './message-item.tsx';
import { TurnOutcome } from './turn-outcome.tsx';
import { useIsOvertaken } from './use-is-overtaken.ts';
import { useStickToBottom } from './use-stick-to-bottom.ts';

interface TranscriptProps {
  readonly view: ConversationView;
  readonly definition: DefinitionResult | null;
  readonly onRetry: (whenBusy: WhenBusy | null) => void;
  readonly onEdit: () => void;
  /** Behind the last message. */
  readonly children?: ReactNode;
}

export function Transcript({ view, definition, onRetry, onEdit, children }: TranscriptProps): JSX.Element {
  const { scrollerRef, contentRef, isAtBottom, toBottom, keepPlace } = useStickToBottom();
  const { pending } = view;
  const desk = cardDesk(view);
  const lastTurn = lastTurnOf(view);
  const isOvertaken = useIsOvertaken(pending?.turnId ?? null, lastTurn?.number ?? 0);
  const stored = messageGroups(view.messages.filter(({ delivery }) => delivery === 'stored'));
  const sending = messageGroups(view.messages.filter(({ delivery }) => delivery === 'sending'));
  const { isSending } = view;
  useEffect(() => {
    // Who sends something wants to see what comes of it, wherever they were reading.
    if (isSending) toBottom();
  }, [isSending, toBottom]);
  useFocusAfterLast(view.hasOlder, () => scrollerRef.current?.focus({ preventScroll: true }));
  const isAnswering = view.live !== null || pending?.phase === 'sending';
  return (
    <div className="transcript">
      <section ref={scrollerRef} className="transcript__scroller" aria-label="Conversation" tabIndex={0}>
        <div ref={contentRef} className="transcript__content">
          <h2 className="visually-hidden">Conversation</h2>
          {view.hasOlder && (
            <button
              type="button"
              className="button button--small transcript__older"
              // Disabled for good, it would lose the focus of who pressed it.
              aria-disabled={view.isLoadingOlder}
              onClick={() => {
                if (view.isLoadingOlder) return;
                keepPlace();
                view.loadOlder();
              }}
            >
              Show earlier messages
            </button>
          )}
          <ol className="messages" aria-label="Messages">
            {stored.map(({ id, role, messages }, index) => (
              <MessageItem key={id} from={role}>
                {messages.map((message) => (
                  <MessageContent key={message.id} message={message} desk={desk} />
                ))}
                {index === stored.length - 1 && lastTurn !== null && (
                  <TurnOutcome turn={lastTurn} definition={definition} />
                )}
              </MessageItem>
            ))}
            {pending?.phase === 'failed' && (
              <FailedTurn pending={pending} isOvertaken={isOvertaken} onRetry={onRetry} onEdit={onEdit} />
            )}
            {isAnswering && view.busy !== null && <LiveAnswer live={view.live} />}
            {sending.map(({ id, role, messages }) => (
              <MessageItem key={id} from={role} state={stateOfSending(view)}>
                {messages.map((message) => (
                  <MessageContent key={message.id} message={message} desk={desk} />
                ))}
              </MessageItem>
            ))}
            {isAnswering && view.busy === null && <LiveAnswer live={view.live} />}
          </ol>
          {children}
        </div>
      </section>
      {!isAtBottom && (
        <button
          type="button"
          className="transcript__newest icon-button"
          aria-label="Jump to the newest message"
          onClick={toBottom}
        >
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function stateOfSending({ busy, live }: ConversationView): string {
  if (busy !== null) return 'Waiting for the other one…';
  return live === null ? 'Sending…' : 'Sent';
}
