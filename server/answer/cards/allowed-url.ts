import type { Json } from '../../../workflows/definition/json.ts';
import { parseWebUrl } from '../../domain/web-address.ts';

type AllowedUrl =
  { readonly ok: true; readonly url: string } | { readonly ok: false; readonly issue: string };

/**
 * The address that a card leads to, if that is on an allowed host, in its canonical form: what was judged and what a
 * client opens are then the same text, whatever tricks the agent's had (a backslash, a tab, an odd spelling of the host).
 */
export function allowedUrl(value: Json | undefined, allowedHosts: readonly string[]): AllowedUrl {
  const url = typeof value === 'string' ? parseWebUrl(value) : null;
  if (url === null) return { ok: false, issue: 'its address is no web address' };
  // `https://example.com@elsewhere.example` is there to be misread, and credentials have no place in a link.
  if (url.username !== '' || url.password !== '') {
    return { ok: false, issue: 'its address holds credentials' };
  }
  // With a port only where it is not the usual one; a host with a final dot is another host.
  if (!allowedHosts.some((allowed) => isHost(url.host, allowed))) {
    return { ok: false, issue: `its host "${url.host}" is not among those that the workflow allows` };
  }
  return { ok: true, url: url.href };
}

function isHost(host: string, allowed: string): boolean {
  return allowed.startsWith('*.') ? host.endsWith(allowed.slice(1)) : host === allowed;
}
