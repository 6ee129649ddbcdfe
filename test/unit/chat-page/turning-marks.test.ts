import { describe, expect, test } from 'vitest';
import { withoutTurningMarksIn } from '../../../apps/chat/src/cards/card-json.ts';
import { withoutTurningMarks } from '../../../apps/chat/src/parts/turning-marks.ts';

describe('a text with invisible marks', () => {
  test('shows its words in the order in which it holds them', () => {
    expect(withoutTurningMarks('Pay \u202eRUE 1\u202c to us')).toBe('Pay RUE 1 to us');
    expect(withoutTurningMarks('One \u2067two\nthree\u2069')).toBe('One two\nthree');
    expect(withoutTurningMarks('\u2069One\u2066')).toBe('One');
  });

  test('keeps an isolate that ends in its line, and the marks of right-to-left texts', () => {
    const texts = ['To \u2068إلى بيرغن\u2069 now', 'שלום\u200f!', 'plain'];
    for (const text of texts) expect(withoutTurningMarks(text)).toBe(text);
  });

  test('is cleared in a card, except in the parts that programs read', () => {
    expect(
      withoutTurningMarksIn({
        body: [{ type: 'TextBlock', text: 'a\u202eb' }],
        actions: [{ title: 'c\u202ed', data: { key: 'e\u202ef' } }],
      }),
    ).toEqual({
      body: [{ type: 'TextBlock', text: 'ab' }],
      actions: [{ title: 'cd', data: { key: 'e\u202ef' } }],
    });
  });
});
