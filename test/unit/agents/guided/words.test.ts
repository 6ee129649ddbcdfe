import { expect, it } from 'vitest';
import { withoutStop } from '../../../../server/agents/guided/read-answer/words.ts';
import { growthOf, linearGrowth } from '../../../support/time.ts';

it('the stop of a sentence is taken off, not that of "Inc.", at a cost that does not grow with the square', async () => {
  expect(['It is broken.', 'Acme Inc.', '漢'.repeat(8), '𝒜𝒜𝒜𝒜𝒜.'].map(withoutStop)).toEqual([
    'It is broken',
    'Acme Inc.',
    '漢'.repeat(8),
    '𝒜𝒜𝒜𝒜𝒜',
  ]);
  const removing = (chars: number) => {
    const text = '漢'.repeat(chars);
    return () => withoutStop(text);
  };
  expect(await growthOf(removing, 8_000)).toBeLessThan(linearGrowth);
});
