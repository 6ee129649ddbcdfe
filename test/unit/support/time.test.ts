import { describe, expect, it } from 'vitest';
import { costBeside, growthOf, linearGrowth } from '../../support/time.ts';

/** Visits each character so many times. */
function visit(text: string, times: number): number {
  let sum = 0;
  for (let time = 0; time < times; time += 1)
    for (let at = 0; at < text.length; at += 1) sum += text.charCodeAt(at);
  return sum;
}

const sized = (timesOf: (size: number) => number) => (size: number) => {
  const text = 'a'.repeat(size);
  return () => visit(text, timesOf(size));
};

describe('the growth of a cost', () => {
  it('tells a linear cost from a quadratic one, and from one that is nearly so', async () => {
    expect(
      await growthOf(
        sized(() => 5),
        100_000,
      ),
    ).toBeLessThan(linearGrowth);
    expect(
      await growthOf(
        sized((size) => 5 + Math.log2(size)),
        100_000,
      ),
    ).toBeLessThan(linearGrowth);
    expect(
      await growthOf(
        sized((size) => size),
        2_000,
      ),
    ).toBeGreaterThan(linearGrowth);
    expect(
      await growthOf(
        sized((size) => 5 + size / 20),
        20_000,
      ),
    ).toBeGreaterThan(linearGrowth);
  });
});

describe('a cost beside another', () => {
  it('is their ratio, however small they are', async () => {
    const once = sized(() => 1)(1_000);
    const often = sized(() => 20)(1_000);
    expect(await costBeside(once, often, 1)).toBeLessThan(0.2);
    expect(await costBeside(often, once, 5)).toBeGreaterThan(5);
  });
});
