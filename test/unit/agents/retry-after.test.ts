import { describe, expect, it } from 'vitest';
import { readRetryAfter } from '../../../server/agents/post.ts';

const now = Date.UTC(2026, 0, 5, 9, 0, 0);

describe('a Retry-After header', () => {
  it.each([
    ['7', 7_000],
    ['0', 0],
    [' 120 ', 120_000],
    ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
  ])('%j is %d ms', (header, ms) => {
    expect(readRetryAfter(header, now)).toBe(ms);
  });

  it('that names a time in the past asks for no delay', () => {
    expect(readRetryAfter('Mon, 05 Jan 2026 08:59:30 GMT', now)).toBe(0);
  });

  it.each(['999999999', 'Mon, 05 Jan 2126 09:00:30 GMT'])('%j is taken for a day', (header) => {
    expect(readRetryAfter(header, now)).toBe(86_400_000);
  });

  it.each([
    null,
    '',
    '-1',
    '1.5',
    'soon',
    '9999999999',
    '1e3',
    '2026-01-05',
    'Mon, 99 Jan 2026 09:00:30 GMT',
  ])('%j says nothing', (header) => {
    expect(readRetryAfter(header, now)).toBeUndefined();
  });
});
