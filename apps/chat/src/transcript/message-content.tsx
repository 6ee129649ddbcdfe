import type { Message } from '@turnkeeper/client';
import type { ShownMessage } from '@turnkeeper/client/react';
import type { JSX } from 'react';
import type { CardActions } from '../cards/card-actions.ts';
import { submittedValues } from '../cards/card-json.ts';
import { CardMessage, SentCard } from '../cards/card-message.tsx';
import { Icon } from '../parts/icon.tsx';
import { Markdown } from './markdown.tsx';
import { Picture } from '../parts/picture.tsx';
import { safeLink } from '../parts/safe-address.ts';

interface MessageContentProps {
  readonly message: ShownMessage;
  readonly cards: CardActions;
}

export function MessageContent({ message, cards }: MessageContentProps): JSX.Element | null {
  const { role, kind, cardId, card, attachment } = message;
  if (role === 'user') {
    if (kind !== 'event') return <p className="bubble bubble--user">{message.text}</p>;
    return <SentCard entered={submittedValues(cards.cardOf(cardId), card)} />;
  }
  const words = message.text === undefined ? null : <AgentWords message={message} text={message.text} />;
  switch (kind) {
    case 'text':
      return words;
    case 'event':
      // Transcripts of older servers hold agent events, which are not for the user.
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
              state={cards.stateOf(cardId)}
              isBusy={cards.isBusy}
              onSubmit={(submission) => cards.submit(cardId, submission)}
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

type AttachedFile = NonNullable<Message['attachment']>;

function Attachment({ attachment }: { readonly attachment: AttachedFile }): JSX.Element {
  const { contentType, url, name } = attachment;
  if (contentType.startsWith('image/') && safeLink(url) !== null) {
    return (
      <figure className="attachment attachment--image">
        <Picture address={url} alt={name ?? 'Image from the agent'} />
        {name !== undefined && <figcaption>{name}</figcaption>}
      </figure>
    );
  }
  const address = safeLink(url);
  const title = name ?? 'Attached file';
  return (
    <p className="attachment">
      <Icon name="download" />
      {address === null ? (
        <span>{title}</span>
      ) : (
        <a href={address} target="_blank" rel="noopener noreferrer">
          {title}
        </a>
      )}
      <span className="attachment__type">{contentType}</span>
    </p>
  );
}
