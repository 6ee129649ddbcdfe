import type { DefinitionResult, WhenBusy } from '@turnkeeper/client';
import type { ConversationView, ShownMessage } from '@turnkeeper/client/react';
import { useEffect } from 'react';
import type { JSX, ReactNode } from 'react';
import { cardActions } from '../cards/card-actions.ts';
import { lastTurnOf } from '../workflow/conversation-view.ts';
import { useFocusAfterLast } from '../parts/browser-hooks.ts';
import { Icon } from '../parts/icon.tsx';
import { FailedTurn, useIsOvertaken } from './failed-turn.tsx';
import { MessageContent } from './message-content.tsx';
import { LiveAnswer, MessageItem } from './message-item.tsx';
import { TurnOutcome } from './turn-outcome.tsx';
import { useStickToBottom } from './use-stick-to-bottom.ts';

interface TranscriptProps {
  readonly view: ConversationView;
  readonly definition: DefinitionResult | null;
  readonly onRetry: (whenBusy: WhenBusy | null) => void;
  readonly onEdit: () => void;
  /** Shown after the last message. */
  readonly children?: ReactNode;
}

export function Transcript({ view, definition, onRetry, onEdit, children }: TranscriptProps): JSX.Element {
  const { scrollerRef, contentRef, isAtBottom, toBottom, keepPlace } = useStickToBottom();
  const { pending } = view;
  const cards = cardActions(view);
  const lastTurn = lastTurnOf(view);
  const isOvertaken = useIsOvertaken(pending?.turnId ?? null, lastTurn?.number ?? 0);
  const stored = messageGroups(view.messages.filter(({ delivery }) => delivery === 'stored'));
  const sending = messageGroups(view.messages.filter(({ delivery }) => delivery === 'sending'));
  const { isSending } = view;
  useEffect(() => {
    // Users who send a message want to see the answer, wherever they have scrolled to.
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
              // `disabled` would take the focus away from the pressed button.
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
                  <MessageContent key={message.id} message={message} cards={cards} />
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
                  <MessageContent key={message.id} message={message} cards={cards} />
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
  if (busy !== null) return 'Waiting for the other message…';
  return live === null ? 'Sending…' : 'Sent';
}

/** The messages of one side in one turn, shown together. */
interface MessageGroup {
  readonly id: string;
  readonly role: ShownMessage['role'];
  readonly messages: readonly ShownMessage[];
}

function messageGroups(messages: readonly ShownMessage[]): readonly MessageGroup[] {
  const groups: { id: string; role: ShownMessage['role']; turn: number; messages: ShownMessage[] }[] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (last?.role === message.role && last.turn === message.turn) last.messages.push(message);
    else groups.push({ id: message.id, role: message.role, turn: message.turn, messages: [message] });
  }
  return groups;
}
