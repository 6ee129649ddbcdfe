import type { Json } from '../../../workflows/definition/json.ts';
import { isNode } from './card-node.ts';
import { parseWebUrl } from '../../domain/web-address.ts';

/** What a client loads by itself when it draws a card. */
export type Medium = 'image' | 'sound or film';

export const notLoadable = 'its address is no web address';

/** Keys of elements and actions whose text is the address of an image, beside the `url` that an image is made of. */
const imageKeys: ReadonlySet<string> = new Set(['poster', 'iconUrl', 'backgroundImage']);

/** Keys of the objects that say where a sound, a film or its captions are. */
export const sourceKeys: ReadonlySet<string> = new Set(['sources', 'captionSources']);

/** Whether a client may load something from where it is told: from the web; an image may stand in the card itself. */
export function mayBeLoaded(address: Json | undefined, medium: Medium): boolean {
  if (address === undefined || address === null) return true;
  if (typeof address !== 'string') return false;
  if (medium === 'image' && /^data:image\/[a-z0-9.+-]+[;,]/i.test(address)) return true;
  return parseWebUrl(address) !== null;
}

/** Whether what stands under a key is no image's address that may be loaded. */
export function isStrayImage(key: string, value: Json): boolean {
  if (!imageKeys.has(key)) return false;
  // Then its address stands under `url`, as every image's does.
  if (key === 'backgroundImage' && isNode(value)) return false;
  return !mayBeLoaded(value, 'image');
}
