import { describe, expect, test } from 'vitest';
import { canSay, excessOf, longestText } from '../../../apps/chat/src/composer/text-limit.ts';
import { limits } from '../../../server/domain/limits.ts';

describe('how much can be said at once', () => {
  test('is what the server takes, without the space around it', () => {
    expect(longestText).toBe(limits.textChars);
    expect(canSay(`  ${'a'.repeat(longestText)}\n`)).toBe(true);
    expect(canSay('a'.repeat(longestText + 1))).toBe(false);
    expect(canSay(' \n')).toBe(false);
  });

  test('is told of where it is too much', () => {
    expect(excessOf('a'.repeat(9_120))).toBe('9,120 of 8,000 characters');
    expect(excessOf('a'.repeat(8_000))).toBeNull();
  });
});
