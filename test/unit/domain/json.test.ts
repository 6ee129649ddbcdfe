import { describe, expect, it } from 'vitest';
import { limits } from '../../../server/domain/limits.ts';
import { pruneDepth } from '../../../server/domain/json.ts';

const nestedIn = (open: string, close: string, levels: number): unknown =>
  JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`);
const levelsOf = (value: unknown): number => JSON.stringify(value).replaceAll(/[^[{]/g, '').length;

describe('a value pruned in depth', () => {
  it.each([
    ['objects', '{"a":', '}'],
    ['lists', '[', ']'],
    ['both', '[{"a":', '}]'],
  ])('has no more levels than anything reads, however deep it was: %s', (_what, open, close) => {
    const deep = nestedIn(open, close, 100_000);
    expect(levelsOf(pruneDepth(deep).value)).toBe(limits.activityDepth);
    expect(JSON.stringify(pruneDepth(deep).value)).toContain('null');
    expect(pruneDepth(deep).isCut).toBe(true);
  });

  it('is the same where it is not deeper', () => {
    for (const value of [
      nestedIn('{"a":', '}', limits.activityDepth / 2),
      { a: [1, 'b', null, { c: [] }] },
      7,
      null,
    ]) {
      expect(pruneDepth(value)).toEqual({ value, isCut: false, isWide: false });
    }
  });

  it('keeps what stands beside the depth', () => {
    const value = { deep: nestedIn('[', ']', 10_000), text: 'Hello' };
    expect(pruneDepth(value).value).toMatchObject({ text: 'Hello' });
  });

  it('has its keys as own keys, whatever they are called', () => {
    const pruned = pruneDepth(JSON.parse('{"__proto__":{"a":1}}')).value;
    expect(Object.keys(pruned as object)).toEqual(['__proto__']);
    expect(Reflect.get({}, 'a')).toBeUndefined();
  });

  it('still is no JSON where it contains itself', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = [cycle];
    expect(() => JSON.stringify(pruneDepth(cycle).value)).toThrow(TypeError);
  });

  it('is never more than an activity may hold, although it refers to the same things again and again', () => {
    let value: unknown = 1;
    for (let level = 0; level < 60; level += 1) value = [value, value];
    const pruned = pruneDepth(value);
    expect(pruned.isWide).toBe(true);
    expect(JSON.stringify(pruned.value).length).toBeLessThan(10 * limits.activityValues);
  });

  it('ends where it holds too much, and keeps the parts after that', () => {
    const wide = new Array<number>(300_000).fill(0);
    const pruned = pruneDepth({ value: wide, more: { wide }, text: 'Hello' });
    expect(pruned.isWide).toBe(true);
    expect(pruned.value).toEqual({
      value: wide.slice(0, limits.activityValues),
      more: {},
      text: 'Hello',
    });
  });
});
