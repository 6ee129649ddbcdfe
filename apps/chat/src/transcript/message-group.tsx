import type { DefinitionResult } from '@turnkeeper/client';
import type { ShownMessage } from '@turnkeeper/client/react';
import { memo } from 'react';
import type { JSX } from 'react';
import { ErrorBoundary, PartFailure } from '../parts/error-boundary.tsx';
import type { LastTurn } from '../workflow/conversation-view.ts';
import { CopyButton, goThroughCopyButtons } from '../parts/copy-button.tsx';
import { MessageContent } from './message-content.tsx';
import { MessageItem } from './message-item.tsx';
import { isAction } from './own-action.tsx';
import { TurnOutcome } from './turn-outcome.tsx';

/** The messages of one side in one turn, shown together. */
export interface MessageGroup {
  readonly id: string;
  readonly role: ShownMessage['role'];
  readonly messages: readonly ShownMessage[];
}

export function messageGroups(messages: readonly ShownMessage[]): readonly MessageGroup[] {
  const groups: { id: string; role: ShownMessage['role']; turn: number; messages: ShownMessage[] }[] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (last?.role === message.role && last.turn === message.turn) last.messages.push(message);
    else groups.push({ id: message.id, role: message.role, turn: message.turn, messages: [message] });
  }
  return groups;
}

interface GroupItemProps {
  readonly group: MessageGroup;
  /** The delivery state, if the messages are not stored yet. */
  readonly state?: string | null;
  /** The turn whose outcome is shown with the group, if it is the newest. */
  readonly lastTurn?: LastTurn | null;
  /** The message of the turn that this one takes back, if it is known. */
  readonly undone?: ShownMessage | null;
  readonly definition: DefinitionResult | null;
  /** True for the last group: its copy button is the list's tab stop. */
  readonly isNewest?: boolean;
}

/**
 * A group of messages. It renders again only if they change, because a long conversation has hundreds of them, and the
 * words of a running answer come twenty times a second.
 */
export const GroupItem = memo(function GroupItem(props: GroupItemProps): JSX.Element {
  const { group, state = null, lastTurn = null, undone = null, definition, isNewest = false } = props;
  const answer = group.role === 'assistant' ? textOf(group) : '';
  return (
    <MessageItem from={group.role} state={state} namesItself={group.messages.every(isAction)}>
      {group.messages.map((message) => (
        <ErrorBoundary
          key={message.id}
          fallback={(error, retry) => <PartFailure what="This message" error={error} onRetry={retry} />}
        >
          <MessageContent message={message} undone={undone} definition={definition} />
        </ErrorBoundary>
      ))}
      {answer !== '' && (
        <div className="message__tools">
          <CopyButton
            label="Copy the answer"
            className="icon-button message__copy"
            text={answer}
            isTabStop={isNewest}
            onKeyDown={goThroughCopyButtons}
          />
        </div>
      )}
      {lastTurn !== null && <TurnOutcome turn={lastTurn} definition={definition} />}
    </MessageItem>
  );
}, isSameItem);

function textOf({ messages }: MessageGroup): string {
  return messages.flatMap(({ text }) => text ?? []).join('\n\n');
}

/** A group is made for each render, but the hook keeps the messages in it. */
function isSameItem(before: GroupItemProps, after: GroupItemProps): boolean {
  const [old, current] = [before.group.messages, after.group.messages];
  return (
    before.state === after.state &&
    before.isNewest === after.isNewest &&
    before.lastTurn === after.lastTurn &&
    before.undone === after.undone &&
    before.definition === after.definition &&
    old.length === current.length &&
    old.every((message, index) => message === current[index])
  );
}
