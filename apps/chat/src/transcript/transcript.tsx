import type { DefinitionResult, WhenBusy } from '@turnkeeper/client';
import type { ConversationView, ShownMessage } from '@turnkeeper/client/react';
import { useEffect, useMemo } from 'react';
import type { JSX, ReactNode } from 'react';
import { CardsContext, cardActions } from '../cards/card-actions.ts';
import { lastTurnOf } from '../workflow/conversation-view.ts';
import { useFocusAfterLast } from '../parts/browser-hooks.ts';
import { Icon } from '../parts/icon.tsx';
import { FailedTurn } from './failed-turn.tsx';
import { GroupItem, messageGroups } from './message-group.tsx';
import type { MessageGroup } from './message-group.tsx';
import { LiveAnswer } from './message-item.tsx';
import { useTranscriptScroll } from './use-transcript-scroll.ts';

interface TranscriptProps {
  readonly view: ConversationView;
  readonly definition: DefinitionResult | null;
  readonly onRetry: (whenBusy: WhenBusy | null) => void;
  readonly onEdit: () => void;
  /** Shown after the last message. */
  readonly children?: ReactNode;
}

export function Transcript({ view, definition, onRetry, onEdit, children }: TranscriptProps): JSX.Element {
  const { pending, lastTurn: metadata, hasOlder, isLoadingOlder } = view;
  const { scrollerRef, contentRef, isAtBottom, toBottom, loadOlder } = useTranscriptScroll({
    canLoadOlder: hasOlder && !isLoadingOlder,
    onLoadOlder: () => view.loadOlder(),
  });
  const lastTurn = useMemo(() => lastTurnOf({ lastTurn: metadata }), [metadata]);
  const stored = messageGroups(view.messages.filter(({ delivery }) => delivery === 'stored'));
  const sending = messageGroups(view.messages.filter(({ delivery }) => delivery === 'sending'));
  const { isSending } = view;
  useEffect(() => {
    // Users who send a message want to see the answer, wherever they have scrolled to.
    if (isSending) toBottom();
  }, [isSending, toBottom]);
  useFocusAfterLast(hasOlder, () => scrollerRef.current?.focus({ preventScroll: true }));
  const isAnswering = view.live !== null || pending?.phase === 'sending';
  return (
    <div className="transcript">
      <section ref={scrollerRef} className="transcript__scroller" aria-label="Conversation" tabIndex={0}>
        <div ref={contentRef} className="transcript__content">
          <h2 className="visually-hidden">Conversation</h2>
          {hasOlder && (
            <button
              type="button"
              className="button button--small transcript__older"
              // `disabled` would take the focus away from the pressed button.
              aria-disabled={isLoadingOlder}
              onClick={loadOlder}
            >
              Show earlier messages
            </button>
          )}
          <CardsContext value={cardActions(view)}>
            <ol className="messages" aria-label="Messages">
              {stored.map((group, index) => (
                <GroupItem
                  key={group.id}
                  group={group}
                  isNewest={index === stored.length - 1}
                  lastTurn={index === stored.length - 1 ? lastTurn : null}
                  undone={undoneBy(group, view.messages)}
                  definition={definition}
                />
              ))}
              {pending?.phase === 'failed' && (
                <FailedTurn
                  pending={pending}
                  definition={definition}
                  isWatched={view.connection === 'live'}
                  isBusy={view.busy !== null}
                  onRetry={onRetry}
                  onEdit={onEdit}
                />
              )}
              {isAnswering && view.busy !== null && <LiveAnswer live={view.live} />}
              {sending.map((group) => (
                <GroupItem
                  key={group.id}
                  group={group}
                  state={stateOfSending(view)}
                  definition={definition}
                />
              ))}
              {isAnswering && view.busy === null && <LiveAnswer live={view.live} />}
            </ol>
          </CardsContext>
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

function undoneBy(group: MessageGroup, messages: readonly ShownMessage[]): ShownMessage | null {
  const undid = group.messages[0]?.undid;
  if (undid === undefined) return null;
  return messages.find(({ role, turn }) => role === 'user' && turn === undid) ?? null;
}

function stateOfSending({ busy, live }: ConversationView): string {
  if (busy !== null) return 'Waiting for the other message…';
  return live === null ? 'Sending…' : 'Sent';
}
