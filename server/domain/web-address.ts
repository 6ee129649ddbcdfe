import { limits } from './limits.ts';

/** A host has 253 characters at most; a name and a password may stand before it, a port after it. */
const authorityChars = 300;

/**
 * The http or https address that a text is; null for any other. A long one is not even parsed: a host that is not ASCII
 * takes time that grows with the square of its length (`URL` in Node 20 needs seconds for 200,000 characters).
 */
export function parseWebUrl(text: string): URL | null {
  if (text.length > limits.attachmentUrlChars || authorityOf(text).length > authorityChars) return null;
  const url = parsed(text);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : null;
}

/** Parsed once: asking first whether it can be would cost the same again. */
function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** The part of a text where a parser looks for the host: it skips tabs and line breaks, and any number of slashes. */
function authorityOf(text: string): string {
  return /^[^:]*:[/\\]*([^/\\?#]*)/.exec(text.replace(/[\t\n\r]/g, ''))?.[1] ?? '';
}

/** Returns whether a text is an address that a client may offer as a link: `javascript:` and the like are not. */
export function isWebAddress(text: string): boolean {
  return parseWebUrl(text) !== null;
}

/** Returns true for this machine itself: its name, or a loopback address as a setting or a URL writes it. */
export function isLoopback(host: string): boolean {
  return ['localhost', '::1', '[::1]'].includes(host) || /^127(\.\d{1,3}){3}$/.test(host);
}
