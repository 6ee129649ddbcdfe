import type { JSX } from 'react';
import { safeImage, safeLink } from './safe-address.ts';

interface PictureProps {
  readonly address: string | undefined;
  readonly alt: string | undefined;
}

/** A picture from an allowed host. For any other host, a link that opens the picture in a new tab. */
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

/** Returns the text of the link, which names the host. The page loads nothing from there. */
export function pictureLabel(alt: string, address: string): string {
  const { host } = new URL(address);
  return alt.trim() === '' ? `Show picture from ${host}` : `Show picture “${alt.trim()}” from ${host}`;
}

/**
 * Returns the hosts of the server's setting IMAGE_HOSTS. The page's security policy blocks pictures from other hosts:
 * the address of a picture can leak the conversation, and a prompt injection can make an agent write such an address.
 */
export function imageHosts(): readonly string[] {
  const named = document.documentElement.dataset['imageHosts'];
  return named === undefined || named === '' ? [] : named.split(' ');
}
