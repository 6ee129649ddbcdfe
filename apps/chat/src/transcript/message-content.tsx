import type { ShownMessage } from '@turnkeeper/client/react';
import type { JSX } from 'react';
import { CardMessage } from '../cards/card-message.tsx';
import { enteredValues } from '../cards/card-json.ts';
import { SentCard } from '../cards/sent-card.tsx';
import { Attachment } from './attachment.tsx';
import type { CardDesk } from './card-actions.ts';
import { Markdown } from './markdown.tsx';

interface MessageContentProps {
  readonly message: ShownMessage;
  readonly desk: CardDesk;
}

export function MessageContent({ message, desk }: MessageContentProps): JSX.Element | null {
  const { role, kind, cardId, card, attachment } = message;
  if (role === 'user') {
    if (kind !== 'event') return <p className="bubble bubble--user">{message.text}</p>;
    return <SentCard entered={enteredValues(desk.cardOf(cardId), card)} />;
  }
  const words = message.text === undefined ? null : <AgentWords message={message} text={message.text} />;
  switch (kind) {
    case 'text':
      return words;
    case 'event':
      // Older servers kept an agent's events, which are for programs.
      return null;
    case 'attachment':
      return (
        <>
          {words}
          {attachment !== undefined && <Attachment attachment={attachment} />}
        </>
      );
    case 'card':
      return (
        <>
          {words}
          {card !== undefined && (
            <CardMessage
              card={card}
              state={desk.stateOf(cardId)}
              isBusy={desk.isBusy}
              onSubmit={(submission) => desk.submit(cardId, submission)}
            />
          )}
        </>
      );
  }
}

function AgentWords({
  message,
  text,
}: {
  readonly message: ShownMessage;
  readonly text: string;
}): JSX.Element {
  return (
    <div className="bubble bubble--agent">
      {message.format === 'plain' ? <p className="plain">{text}</p> : <Markdown text={text} />}
    </div>
  );
}
