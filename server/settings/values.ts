import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isLoopback } from '../domain/web-address.ts';

/** The longest delay that Node's timers keep: they fire at once for a longer one. */
const longestTimerMs = 2_147_483_647;

/** A whole number between two bounds, both allowed. */
export function wholeNumber(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,16}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

export const durationMs = (min: number) => wholeNumber(min, longestTimerMs);

export function matching(pattern: RegExp, message: string) {
  return z.string().regex(pattern, message);
}

/** A comma-separated list, without the spaces around its items. */
export const list = z.string().transform((text) => text.split(',').map((item) => item.trim()));

/** A comma-separated list of secrets, each of so many characters at least. */
export function secrets(minChars: number) {
  return list.refine(
    (given) => given.every((secret) => secret.length >= minChars),
    `must be a secret of at least ${minChars} characters, or several by comma: openssl rand -base64 32 makes one`,
  );
}

/** One word of a list. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, `must be ${words.length === 1 ? words[0] : `one of ${words.join(', ')}`}`);
}

/** Returns what `read` returns; the message of its error becomes the variable's fault. */
export function readOrFault<Value>(context: z.RefinementCtx, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
    return z.NEVER;
  }
}

/**
 * Returns the contents of a file whose path is a variable's value.
 * @throws Error whose message continues the variable's name
 */
export function fileBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Error(`must name a file that can be read (${code})`, { cause: error });
  }
}

/** A comma-separated list of hosts, with a port where it is not the usual one; `*.` stands for all below a host. */
export const hosts = list
  .transform((given) => given.map((host) => host.toLowerCase()))
  .refine(
    (given) =>
      given.every((host) => /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::\d{1,5})?$/.test(host)),
    'must be a comma-separated list of hosts like images.example.com or *.example.com, without https://',
  );

/** A comma-separated list of origins: of web pages, and of apps that show pages of their own. */
export const origins = list.refine(
  (given) => given.every(isOrigin),
  'must be a comma-separated list of origins like https://chat.example.com or capacitor://localhost, each in full (no *, ' +
    'no null), without a path or a slash at the end',
);

/** Schemes whose pages have no origin, or that have no pages. */
const noOrigins = ['about:', 'blob:', 'data:', 'file:', 'ftp:', 'javascript:', 'ws:', 'wss:'];

/** A host of an origin. A URL may hold more, such as `;`, which would end a directive of the page's security policy. */
const hostOfOrigin = String.raw`(?:[A-Za-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?`;
const webOrigin = new RegExp(`^https?://${hostOfOrigin}$`);
const appOrigin = new RegExp(`^[a-z][a-z0-9+.-]*://${hostOfOrigin}$`);

/**
 * An origin as a browser writes it into `Origin`. `URL.origin` knows none for an app's own scheme, but browsers send
 * one.
 */
function isOrigin(value: string): boolean {
  if (value.includes('*') || !URL.canParse(value)) return false;
  const url = new URL(value);
  if (['http:', 'https:'].includes(url.protocol)) return url.origin === value && webOrigin.test(value);
  return !noOrigins.includes(url.protocol) && appOrigin.test(value);
}

/**
 * The address of a server. It holds no credentials: those have variables of their own, and fetch refuses such a URL.
 */
export const httpUrl = z
  .string()
  .refine(
    (value) => hasNoMoreThan(value, ['http:', 'https:']),
    'must be a URL that begins with https:// or http://, without a user name, a password or a #',
  );

/** The origin of a server that speaks TLS. */
export const httpsOrigin = z
  .string()
  .refine(
    (value) => hasNoMoreThan(value, ['https:']) && new URL(value).origin === value.replace(/\/$/, ''),
    'must be an origin like https://login.example.com, without a path',
  )
  .transform((value) => new URL(value).origin);

function hasNoMoreThan(value: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, hash } = new URL(value);
  return protocols.includes(protocol) && `${username}${password}${hash}` === '';
}

/** True for an address that is reached over a network without TLS; false for none. */
export function isClearText(address: string | undefined): boolean {
  if (address === undefined) return false;
  const { protocol, hostname } = new URL(address);
  return protocol !== 'https:' && !isLoopback(hostname);
}
