/** Longer than this is taken for this: nobody waits for longer, and a timer keeps no more than 24 days. */
const longestMs = 86_400_000;

/**
 * For how long a `Retry-After` header asks to be left alone, in milliseconds from now; undefined when it says nothing
 * that can be read. Seconds, or a date (RFC 9110, 10.2.3).
 */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : dateOf(value) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestMs);
}

/** Only the form that is to be sent nowadays: Date.parse alone would read a date into nearly anything. */
function dateOf(value: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)
    ? Date.parse(value)
    : Number.NaN;
}
