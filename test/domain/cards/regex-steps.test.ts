import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCardAction } from '../../../server/domain/cards/check-card-action.ts';
import { regexSteps } from '../../../server/domain/cards/regex-steps.ts';
import { cpuMs } from '../../support/time.ts';
import { cardOf, usualRules } from './sample-cards.ts';

const few = 100_000;

describe('the steps of a regular expression', () => {
  it.each([
    ['^[A-Z]{2}\\d{8}$', 10],
    ['^\\(?([0-9]{3})\\)?[-. ]?([0-9]{3})[-. ]?([0-9]{4})$', 14],
    ['^[a-z]+$', 200],
    ['^[^@\\s]+@[^@\\s]+$', 40],
    ['^(?:yes|no|maybe)$', 5],
    ['^\\d{1,3}(?:\\.\\d{1,2})?$', 6],
    ['(?=.*\\d)[a-z]{3}', 20],
    ['^[\\]a]$', 1],
    ['', 100],
  ])('are few for what cards usually ask: %s', (source, chars) => {
    expect(regexSteps(source, chars)).toBeLessThan(few);
  });

  it.each([
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '^(?:a?){40}a{40}$',
    '^([a-z]+)*$',
    '^a*a*a*a*a*b$',
    '(?=(a+)+b)',
    '(?<word>a+)+$',
    '^(a+)\\1\\1$',
    '^(.*)*$',
    '^(?:a{0,99999999}){9}$',
    '(((((a{1,9}){1,9}){1,9}){1,9}){1,9})',
    'a'.repeat(501),
    '(',
    ')',
    'a)(',
    '[a',
    '\\',
  ])('are too many, or uncounted, for %s', (source) => {
    expect(regexSteps(source, 40) <= few).toBe(false);
  });

  it('are counted soon, whatever numbers the expression names', () => {
    const inputs = Array.from({ length: 440 }, (_, index) => ({
      type: 'Input.Text',
      id: `i${index}`,
      regex: 'a{499999}'.repeat(55),
    }));
    const card = cardOf(inputs);
    const data = Object.fromEntries(inputs.map(({ id }) => [id, 'x']));
    expect(cpuMs(() => void checkCardAction(card, { data }, usualRules))).toBeLessThan(2_000);
  });

  it('count every place to begin at, unless the start is named for all of it', () => {
    const [named = 0, ...others] = ['^[a-z]+$', '[a-z]+$', '^[a-z]+$|x', '\\^[a-z]+$'].map((source) =>
      regexSteps(source, 100),
    );
    for (const steps of others) expect(steps).toBeGreaterThan(50 * named);
  });

  it('are a true bound: whatever is counted as few ends at once', () => {
    const part = fc.constantFrom(
      'a',
      'b',
      '.',
      '\\w',
      '[ab]',
      '(',
      '(?:',
      ')',
      '|',
      '*',
      '+',
      '?',
      '{2}',
      '{1,3}',
      '$',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), fc.nat(60), (parts, chars) => {
        const source = parts.join('');
        if (!(regexSteps(source, chars) <= few)) return;
        const tookMs = cpuMs(() => {
          try {
            new RegExp(source).test(`${'a'.repeat(chars)}!`);
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
          }
        });
        expect(tookMs).toBeLessThan(2_000);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('an expression that might take long', () => {
  it('is not tried: the value passes, at once', () => {
    const card = cardOf([{ type: 'Input.Text', id: 'x', regex: '^(a+)+$' }]);
    const tookMs = cpuMs(() => {
      const checked = checkCardAction(card, { data: { x: `${'a'.repeat(50)}!` } }, usualRules);
      expect(checked).toMatchObject({ ok: true });
    });
    expect(tookMs).toBeLessThan(2_000);
  });

  it('gets no more room by being repeated: all of a card share what may be spent', () => {
    const inputs = Array.from({ length: 500 }, (_, index) => ({
      type: 'Input.Text',
      id: `x${index}`,
      regex: '^a*a*b$',
    }));
    const data = Object.fromEntries(inputs.map(({ id }) => [id, 'a'.repeat(1_000)]));
    const tookMs = cpuMs(() => {
      expect(checkCardAction(cardOf(inputs), { data }, usualRules)).toMatchObject({ ok: true });
    });
    expect(tookMs).toBeLessThan(2_000);
  });
});
