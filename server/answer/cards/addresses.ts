import type { Json } from '../../../workflows/definition/json.ts';
import { isJsonObject } from '../../domain/json.ts';
import { parseWebUrl } from '../../domain/web-address.ts';

type AllowedUrl =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly issue: string };

/**
 * Returns the address that a card leads to, if it is on an allowed host, in its canonical form. The address that was
 * judged and the one that a client opens are then the same text, whatever tricks the agent's spelling had (a backslash,
 * a tab, an odd form of the host).
 */
export function allowedUrl(value: Json | undefined, allowedHosts: readonly string[]): AllowedUrl {
  const url = typeof value === 'string' ? parseWebUrl(value) : null;
  if (url === null) return { ok: false, issue: 'its address is no web address' };
  // `https://example.com@elsewhere.example` is there to be misread, and credentials have no place in a link.
  if (url.username !== '' || url.password !== '') {
    return { ok: false, issue: 'its address holds credentials' };
  }
  // With a port only where it is not the usual one; a host with a final dot is another host.
  if (!allowedHosts.some((allowed) => isAllowedHost(url.host, allowed))) {
    return { ok: false, issue: `its host "${url.host}" is not among those that the workflow allows` };
  }
  return { ok: true, url: url.href };
}

function isAllowedHost(host: string, allowed: string): boolean {
  return allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed;
}

/** Media that a client loads by itself when it draws a card. */
export type Medium = 'image' | 'sound or film';

export const notLoadable = 'its address is no web address';

/** Keys of elements and actions whose text is the address of an image, beside the `url` that an image is made of. */
const imageKeys: ReadonlySet<string> = new Set(['poster', 'iconUrl', 'backgroundImage']);

/** Keys of the objects that say where a sound, a film or its captions are. */
export const sourceKeys: ReadonlySet<string> = new Set(['sources', 'captionSources']);

/** Returns whether a client may load a medium from there: from the web; an image may also stand in the card itself. */
export function mayBeLoaded(address: Json | undefined, medium: Medium): boolean {
  if (address === undefined || address === null) return true;
  if (typeof address !== 'string') return false;
  if (medium === 'image' && /^data:image\/[a-z0-9.+-]+[;,]/i.test(address)) return true;
  return parseWebUrl(address) !== null;
}

/** Returns whether the value under a key is an image's address that may not be loaded. */
export function isStrayImage(key: string, value: Json): boolean {
  if (!imageKeys.has(key)) return false;
  // Then its address stands under `url`, as every image's does.
  if (key === 'backgroundImage' && isJsonObject(value)) return false;
  return !mayBeLoaded(value, 'image');
}
