import { z } from 'zod';

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

/** One of a few words. */
export function word<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, `must be ${words.length === 1 ? words[0] : `one of ${words.join(', ')}`}`);
}

/** One `redis:` or `rediss:` URL. */
export const redisUrl = z.string().superRefine((value, context) => {
  // A password may hold a comma; what comes after it, the host, may not.
  const isList = /,\s*rediss?:\/\//.test(value) || value.slice(value.lastIndexOf('@') + 1).includes(',');
  if (isList) {
    context.addIssue('must be one URL: a list, which means Redis Cluster, is not supported yet');
    return;
  }
  const url = URL.canParse(value) ? new URL(value) : null;
  const isRedis = url !== null && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '';
  if (!isRedis) context.addIssue('must be a URL like redis://:password@host:6379, or rediss:// for TLS');
});

/** A comma-separated list of web origins. */
export const origins = z
  .string()
  .transform((list) => list.split(',').map((origin) => origin.trim()))
  .refine(
    (list) => list.every(isOrigin),
    'must be a comma-separated list of origins like https://chat.example.com, without a path or a slash at the end',
  );

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return ['http:', 'https:'].includes(url.protocol) && url.origin === value;
}
