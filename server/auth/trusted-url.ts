import { isLoopback } from '../domain/web-address.ts';

/**
 * Returns true for a URL that nobody on the network can answer in another's name: https, or loopback. The keys that
 * decide who calls come from such URLs.
 */
export function isTrustedUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
