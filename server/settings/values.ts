import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseRedisUrl, parseStandaloneUrl, splitRedisUrls } from '../redis/connection/parse-redis-url.ts';

/** Longest delay that a timer keeps: a longer one would fire at once. */
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

/** A comma-separated list of secrets, each of so many characters at least. */
export function secrets(minChars: number) {
  return z
    .string()
    .transform((list) => list.split(',').map((secret) => secret.trim()))
    .refine(
      (list) => list.every((secret) => secret.length >= minChars),
      `must be a secret of at least ${minChars} characters, or several by comma: openssl rand -base64 32 makes one`,
    );
}

/** One of a few words. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, `must be ${words.length === 1 ? words[0] : `one of ${words.join(', ')}`}`);
}

/** One Redis, the nodes of a Cluster, or a primary behind Sentinel. */
export const redisUrl = z.string().transform((value, context) => readOr(context, () => parseRedisUrl(value)));

/** A list of Redis servers, each on its own. */
export const redisUrls = z
  .string()
  .transform((list, context) =>
    readOr(context, () => splitRedisUrls(list).map((url) => parseStandaloneUrl(url))),
  );

/** The text of a file in PEM form. The path is the value, so that no secret stands in the environment. */
export const pemFile = z.string().transform((path, context) =>
  readOr(context, () => {
    const text = readText(path);
    if (!text.includes('-----BEGIN '))
      throw new Error('must name a file in PEM form, which begins with -----BEGIN');
    return text;
  }),
);

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Error(`must name a file that can be read (${code})`, { cause: error });
  }
}

/** What `read` reads, or its complaint as the variable's fault. */
function readOr<Value>(context: z.RefinementCtx, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
    return z.NEVER;
  }
}

/** A comma-separated list of hosts, with a port where it is not the usual one; `*.` stands for all below a host. */
export const hosts = z
  .string()
  .transform((list) => list.split(',').map((host) => host.trim().toLowerCase()))
  .refine(
    (list) =>
      list.every((host) => /^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::\d{1,5})?$/.test(host)),
    'must be a comma-separated list of hosts like images.example.com or *.example.com, without https://',
  );

/** A comma-separated list of origins: of web pages, and of apps that show pages of their own. */
export const origins = z
  .string()
  .transform((list) => list.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every(isOrigin),
    'must be a comma-separated list of origins like https://chat.example.com or capacitor://localhost, each in full (no *, ' +
      'no null), without a path or a slash at the end',
  );

/** Schemes whose pages have no origin, or whose addresses no page has. */
const noOrigins = ['about:', 'blob:', 'data:', 'file:', 'ftp:', 'javascript:', 'ws:', 'wss:'];

/** As a browser writes one into `Origin`: a scheme of an app's own has no origin in URL's terms, but one on the wire. */
function isOrigin(value: string): boolean {
  if (value.includes('*') || !URL.canParse(value)) return false;
  const url = new URL(value);
  if (['http:', 'https:'].includes(url.protocol)) return url.origin === value;
  return (
    !noOrigins.includes(url.protocol) && /^[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._-]+(:\d{1,5})?$/.test(value)
  );
}

/** An address that requests go to. Credentials belong into variables of their own; fetch takes no URL that holds them. */
export const httpUrl = z
  .string()
  .refine(
    (value) => hasNoMoreThan(value, ['http:', 'https:']),
    'must be a URL that begins with https:// or http://, without a user name, a password or a #',
  );

/** The origin of a server that is reached with TLS. */
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
