import type { Message } from '@turnkeeper/client';
import type { JSX } from 'react';
import { Icon } from '../parts/icon.tsx';
import { Picture } from './picture.tsx';
import { safeLink } from './safe-address.ts';

type AttachedFile = NonNullable<Message['attachment']>;

export function Attachment({ attachment }: { readonly attachment: AttachedFile }): JSX.Element {
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
