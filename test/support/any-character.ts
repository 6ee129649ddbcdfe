import fc from 'fast-check';

/** The first surrogate, and their number: they are no characters. */
const surrogates = { first: 0xd800, count: 0x800 } as const;

/**
 * Any character of Unicode, as the unit of a random string: fast-check's own `unit: 'binary'`, without the table of a
 * million entries that it takes half a second to build.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10_ff_ff - surrogates.count })
  .map(
    (place) => String.fromCodePoint(place < surrogates.first ? place : place + surrogates.count),
    (character) => {
      const [point, ...more] = typeof character === 'string' ? Array.from(character, pointOf) : [];
      if (point === undefined || more.length > 0) throw new Error('it is not one character');
      return point < surrogates.first ? point : point - surrogates.count;
    },
  );

const pointOf = (character: string): number => character.codePointAt(0) ?? 0;
