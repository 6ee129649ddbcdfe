import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrimmedText } from '../../../../server/answer/text/growing-visible-text.ts';
import { cutTo } from '../../../../server/domain/json.ts';

describe('a growing text without blank edges', () => {
  const pieces = fc.array(fc.constantFrom('a', 'bc', ' ', '\n', '😀', '\ud83d', '\ude00', 'defgh'), {
    maxLength: 12,
  });

  it('ends as the trimmed text, cut like a message, whatever the pieces are', () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 2, max: 12 }), (some, maxChars) => {
        const text = new TrimmedText(maxChars);
        const shown = some.map((piece) => text.append(piece)).join('') + text.finish();
        expect(shown).toBe(cutTo(some.join('').trim(), maxChars));
      }),
      { numRuns: 5_000 },
    );
  });
});
