import { describe, expect, it } from 'vitest';
import { median, quantile, ratioOf, summarize } from '../../../bench/measure/statistics.ts';

describe('the statistics of the bench', () => {
  it('take the middle value as the median, and between two middle ones their mean', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 2, 10, 4])).toBe(3);
    expect(median([7])).toBe(7);
  });

  it('sort by number, not by text', () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  it('interpolate between the neighbours of a quantile', () => {
    const hundred = Array.from({ length: 101 }, (_, index) => index);
    expect(quantile(hundred, 0.99)).toBeCloseTo(99);
    expect(quantile([0, 10], 0.25)).toBeCloseTo(2.5);
    expect(quantile([0, 10], 1)).toBe(10);
  });

  it('leave the order of the given values as it was', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('show the spread as the least and the most', () => {
    expect(summarize([4, 1, 3])).toEqual({ median: 3, min: 1, max: 4 });
  });

  it('refuse to summarize nothing', () => {
    expect(() => summarize([])).toThrow('There are no values.');
  });

  it('compare round by round, so that a slow round of the machine does not change the ratio', () => {
    // The machine was ten times slower in the second round. A ratio of medians would say 0.05 or 5.
    expect(ratioOf([50, 5, 50], [100, 10, 100])).toEqual({ median: 0.5, min: 0.5, max: 0.5 });
  });

  it('leave out rounds without a reference, and know no ratio to nothing', () => {
    expect(ratioOf([1, 2, 3], [2, 0])).toEqual({ median: 0.5, min: 0.5, max: 0.5 });
    expect(ratioOf([1], [0])).toBeNull();
    expect(ratioOf([], [])).toBeNull();
  });
});
