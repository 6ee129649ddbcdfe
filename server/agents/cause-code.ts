/**
 * The code of what an error was caused by, as `fetch` and its streams tell it; null where there is none. A code is a
 * fixed word, as the words that go with it are not: those may name hosts, and quote what was sent.
 */
export function causeCode(error: unknown): string | null {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error) || !('code' in cause)) return null;
  return typeof cause.code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(cause.code) ? cause.code : null;
}
