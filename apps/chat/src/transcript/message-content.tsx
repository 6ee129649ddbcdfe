import type { DefinitionResult, Message } from '@turnkeeper/client';
import type { ShownMessage } from '@turnkeeper/client/react';
import { use } from 'react';
import type { JSX } from 'react';
import { CardsContext } from '../cards/card-actions.ts';
import { submittedValues } from '../cards/card-json.ts';
import { CardMessage, SentCard } from '../cards/card-message.tsx';
import { Icon } from '../parts/icon.tsx';
import { Markdown } from './markdown.tsx';
import { OwnFields, OwnUndo, isAction } from './own-action.tsx';
import { OwnWords } from './own-words.tsx';
import { Picture } from '../parts/picture.tsx';
import { safeLink } from '../parts/safe-address.ts';
import { withoutTurningMarks } from '../parts/turning-marks.ts';

interface MessageContentProps {
  readonly message: ShownMessage;
  /** The message of the turn that this one takes back; null if there is none, or if it is not loaded. */
  readonly undone: ShownMessage | null;
  readonly definition: DefinitionResult | null;
}

/** A message's own content. It must not depend on anything that changes often: it is rendered once. */
export function MessageContent({ message, undone, definition }: MessageContentProps): JSX.Element | null {
  const { role, kind, attachment } = message;
  if (role === 'user') return <OwnMessage message={message} undone={undone} definition={definition} />;
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

function OwnMessage({ message, undone, definition }: MessageContentProps): JSX.Element {
  const { kind, data, text } = message;
  if (kind !== 'event') return <OwnWords text={text ?? ''} />;
  if (!isAction(message)) return <OwnCard message={message} />;
  if (data === undefined) return <OwnUndo undone={undone} definition={definition} />;
  return (
    <>
      {Object.keys(data).length > 0 && <OwnFields data={data} definition={definition} />}
      {text !== undefined && <OwnWords text={text} />}
    </>
  );
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
