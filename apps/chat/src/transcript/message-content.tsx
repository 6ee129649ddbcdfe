import type { Message } from '@turnkeeper/client';
import type { ShownMessage } from '@turnkeeper/client/react';
import { use } from 'react';
import type { JSX } from 'react';
import { CardsContext } from '../cards/card-actions.ts';
import { submittedValues } from '../cards/card-json.ts';
import { CardMessage, SentCard } from '../cards/card-message.tsx';
import { Icon } from '../parts/icon.tsx';
import { Markdown } from './markdown.tsx';
import { OwnWords } from './own-words.tsx';
import { Picture } from '../parts/picture.tsx';
import { safeLink } from '../parts/safe-address.ts';
import { withoutTurningMarks } from '../parts/turning-marks.ts';

/** A message's own content. It must not depend on anything but the message: it is rendered once. */
export function MessageContent({ message }: { readonly message: ShownMessage }): JSX.Element | null {
  const { role, kind, attachment } = message;
  if (role === 'user')
    return kind === 'event' ? <OwnCard message={message} /> : <OwnWords text={message.text ?? ''} />;
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
          <AgentCard message={message} />
        </>
      );
  }
}

function OwnCard({ message: { cardId, card } }: { readonly message: ShownMessage }): JSX.Element {
  return <SentCard entered={submittedValues(use(CardsContext).cardOf(cardId), card)} />;
}

function AgentCard({ message: { cardId, card } }: { readonly message: ShownMessage }): JSX.Element | null {
  const cards = use(CardsContext);
  if (card === undefined || cardId === undefined) return null;
  return (
    <CardMessage
      conversationId={cards.conversationId}
      cardId={cardId}
      card={card}
      state={cards.stateOf(cardId)}
      isBusy={cards.isBusy}
      onSubmit={(submission) => cards.submit(cardId, submission)}
    />
  );
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
      {message.format === 'plain' ? (
        <p className="plain">{withoutTurningMarks(text)}</p>
      ) : (
        <Markdown text={text} />
      )}
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
