import type { JSX } from 'react';
import { imageHosts } from './image-hosts.ts';
import { safeImage, safeLink } from './safe-address.ts';

interface PictureProps {
  readonly address: string | undefined;
  readonly alt: string | undefined;
}

/** A picture, where it may be loaded; else a link that names its host and opens it in a tab of its own. */
export function Picture({ address, alt = '' }: PictureProps): JSX.Element {
  const image = safeImage(address, imageHosts());
  if (image !== null) return <img src={image} alt={alt} loading="lazy" referrerPolicy="no-referrer" />;
  const link = safeLink(address);
  if (link === null || !/^https?:/.test(link)) return <span>{alt}</span>;
  return (
    <a className="picture-link" href={link} target="_blank" rel="noopener noreferrer">
      {pictureLabel(alt, link)}
    </a>
  );
}

/** What the link to a picture says: nothing is loaded from its host before somebody follows it. */
export function pictureLabel(alt: string, address: string): string {
  const { host } = new URL(address);
  return alt.trim() === '' ? `Show picture from ${host}` : `Show picture “${alt.trim()}” from ${host}`;
}
