import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternSteps, patternStepsWithin } from '../../../workflows/definition/pattern-steps.ts';
import { costBeside, growthOf, linearGrowth } from '../../support/time.ts';

describe('a regular expression that is linear', () => {
  it.each([
    '^[0-9]{4}$',
    '^\\+?[0-9][0-9 ().\\-/]{5,24}$',
    '^[A-Z]{2}\\d{8}$',
    '^\\(?([0-9]{3})\\)?[-. ]?([0-9]{3})[-. ]?([0-9]{4})$',
    '^[a-z]+$',
    '^[^@\\s]+@[^@\\s]+$',
    '^[^@\\s]+@[^@\\s.]+(?:\\.[^@\\s.]+)+$',
    '^\\w+@\\w+\\.\\w+$',
    '^(?:yes|no|maybe)$',
    '^\\d{1,3}(?:\\.\\d{1,2})?$',
    '^(?=.*\\d)(?=.*[a-z])(?=.*[A-Z]).{8,64}$',
    '^[a-z0-9]+(-[a-z0-9]+)*$',
    '^[a-z]{1,500}$',
    '^.{1,2000}$',
    '^[\\]a]$',
    '^\\s*\\w+\\s*$',
    '\\d{3,}',
    '[0-9]{4}',
    '^https?://.+',
    // The pattern that docs/workflows.md advises.
    '^\\w+(\\s\\w+)*$',
    '^[^@]+@[^@.]+(\\.[^@.]+)+$',
    '^[0-9]+ EUR$',
    '^(?<year>\\d{4})-(?<month>\\d{2})$',
    'a',
    '',
  ])('is one: %s', (source) => {
    expect(patternSteps(source)).toBeGreaterThan(0);
  });

  it.each([/^[\p{L} '-]+, [\p{L}]+$/u, /^[a-z]+-[0-9]+$/i, /^(?:[😀-😎])+$/u, /^a+$/gimsy])(
    'may have flags: %s',
    (pattern) => {
      expect(patternSteps(pattern.source, pattern.flags)).toBeGreaterThan(0);
    },
  );
});

describe('a pattern that people use', () => {
  it.each([
    /^[A-Z]{2}[0-9]{2}(?:[ ]?[0-9A-Z]{4}){2,7}(?:[ ]?[0-9A-Z]{1,4})?$/,
    /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/,
    /^\d{5}(?:-\d{4})?$/,
    /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i,
    /^[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[- ]\d{1,4}[EH]?$/,
    /^(?:ATU\d{8}|BE[01]\d{9}|DE\d{9}|GB(?:\d{9}|\d{12}|(?:GD|HA)\d{3})|NL\d{9}B\d{2})$/,
    /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
    /^#(?:[0-9a-f]{3}){1,2}$/i,
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?$/,
    /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    /^\+[1-9]\d{1,14}$/,
    /^\d{3}-\d{4}$/,
    /^(?:\d{1,3}\.){3}\d{1,3}$/,
    /^[\p{L} .'-]{2,80}$/u,
    /^\p{Lu}\p{L}*(?:[ '-]\p{L}+)*$/u,
    /^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/,
    /^https?:\/\/[^\s/$.?#].[^\s]*$/i,
    /^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i,
    /^.+\.pdf$/i,
  ])('is linear: %s', (pattern) => {
    expect(patternSteps(pattern.source, pattern.flags)).toBeGreaterThan(0);
  });

  it('is judged soon, with flags for which all characters are looked through', async () => {
    const judging = (names: string, name: string, flags: readonly string[]) => () => {
      for (let count = 2; count < 22; count += 1) {
        patternSteps(`^[${names} .'-]{2,${count}}$`, flags[0]);
        patternSteps(`^[${name}]{${count}}-\\d+$`, flags[1]);
      }
    };
    const ofAll = judging('\\p{L}', 'A-Z', ['u', 'i']);
    expect(await costBeside(ofAll, judging('a-z', 'A-Z', []), 100)).toBeLessThan(100);
  });
});

describe('a regular expression that may take longer the longer the text, more than in proportion', () => {
  it.each([
    '^(a+)+$',
    '^(?:a+)+$',
    '(a|a)*b',
    '^(a|a)*$',
    '^(a|aa)+$',
    '(\\w+\\s?)*$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '^(?:a?){40}a{40}$',
    '^([a-z]+)*$',
    '^a*a*$',
    '^a*a*a*a*a*b$',
    '[0-9]+x',
    '^(\\w+\\s?)*$',
    '^[^@]+@[^@]+\\.[^@]+$',
    '[0-9]+ EUR',
    '^\\s+|\\s+$',
    '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$',
    '(?=(a+)+b)',
    '(?=.*\\d)[a-z]{3}',
    '(?<word>a+)+$',
    '^(.*)*$',
    '^(|){20}a$',
    '^(?:(a+)+b|)',
    '^(?:\\x61|\\u0061|a)*$',
    '^(?:[\\s\\S]|.)*$',
  ])('is told: %s', (source) => {
    expect(patternSteps(source)).toBeNull();
  });

  it.each([/^(?:a|A)*$/i, /^(?:ſ|s)*$/iu, /^(?:\p{Lu}|\p{L})*$/u, /^(?:\u{1F600}|😀)*$/u, /a+$/m])(
    'is told by its flags: %s',
    (pattern) => {
      expect(patternSteps(pattern.source, pattern.flags)).toBeNull();
    },
  );
});

describe('a regular expression of which that is not known', () => {
  it.each([
    ['a backreference', '^(a+)\\1$'],
    ['a named one', '^(?<a>a+)\\k<a>$'],
    ['a lookbehind', '(?<=a)b'],
    ['huge counts', '(?:a{1,1000}){1,1000}'],
    ['a count too large', '^(?:a{0,99999999}){9}$'],
    ['counts in counts', '(((((a{1,9}){1,9}){1,9}){1,9}){1,9})'],
    ['no expression at all', 'a{1,1000}{1,1000}'],
    ['a bracket too few', '('],
    ['a bracket too many', 'a)(b'],
    ['an open class', '[a'],
    ['a source too long', 'a'.repeat(2_001)],
  ])('counts as one that is not linear: %s', (_, source) => {
    expect(patternSteps(source)).toBeNull();
  });
});

describe('a regular expression that is not linear, on a short text', () => {
  it.each([
    ['^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$', 254],
    ['^\\S+@\\S+$', 320],
    ['^\\S+@\\S+\\.\\S+$', 60],
    ['^\\s+|\\s+$', 200],
    ['[0-9]+ EUR', 100],
    ['^(a+)+$', 12],
    ['^(\\w+\\s?)*$', 10],
    [`^(?:${Array.from({ length: 400 }, (_, index) => `c${index}`).join('|')})$`, 8_000],
  ])('is harmless: %s on %i characters', (source, chars) => {
    expect(patternStepsWithin(chars, source)).toBeLessThanOrEqual(1_000_000);
  });

  it.each([
    ['^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$', 8_000],
    ['^\\S+@\\S+\\.\\S+$', 254],
    ['^(a+)+$', 20],
    ['^a*a*a*a*a*b$', 50],
    ['^(a)\\1$', 5],
  ])('is not: %s on %i characters', (source, chars) => {
    expect(patternStepsWithin(chars, source)).toBeNull();
  });

  it('takes no more steps than are said', () => {
    // The paths of a text of letters through `^(a+)+$`: each further letter doubles them.
    expect(patternStepsWithin(16, '^(a+)+$')).toBeGreaterThan(2 ** 16);
    expect(patternStepsWithin(17, '^(a+)+$')).toBeGreaterThan(2 ** 17);
  });
});

describe('judging', () => {
  /** Spends the whole budget of one expression, which is a number of steps. */
  const useBudget = (): void => expect(patternSteps('.*a.{20}b')).toBeNull();

  it.each([
    '(?:a{1,1000}){1,1000}',
    'a{499999}'.repeat(55),
    '('.repeat(999) + ')'.repeat(999),
    '(?:a|b)?'.repeat(240),
    '[ab]?'.repeat(390),
    '^a*a*a*a*a*b$',
    '.*a.{20}b',
  ])('ends soon, whatever the expression: %#', async (source) => {
    expect(await costBeside(() => patternSteps(source), useBudget, 10)).toBeLessThan(10);
  });

  it.each([
    ['^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$', 254],
    ['.*a.{20}b', 200],
    ['[0-9]+ EUR|[a-z]+ USD|[a-f0-9]+ GBP|x+y', 300],
    ['^(?:a?){40}a{40}$', 80],
  ])('ends soon for short texts, too: %s on %i characters', async (source, chars) => {
    expect(await costBeside(() => patternStepsWithin(chars, source), useBudget, 60)).toBeLessThan(60);
  });

  it('takes no more than a budget that many share', () => {
    const budget = { left: 50_000 };
    for (let count = 0; count < 1_000; count += 1) patternSteps('^a*a*a*a*a*b$', '', budget);
    expect(patternSteps('^[0-9]{4}$', '', budget)).toBeNull();
    expect(budget.left).toBeGreaterThan(-20_000);
  });

  it('lets nothing through whose cost grows faster than the text', async () => {
    const part = fc.constantFrom(
      ...['a', 'b', '.', '\\w', '[ab]', '[^b]', '(', '(?:', '(?=', ')', '|', '*', '+', '?', '{2}', '{1,3}'],
      ...['$', '^', '*?', '\\b', '{2,}'],
    );
    const judgedLinear = new Set<string>();
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const source = parts.join('');
        if (patternSteps(source) !== null) judgedLinear.add(source);
      }),
      { numRuns: 1_500 },
    );
    expect(judgedLinear.size).toBeGreaterThan(100);
    for (const source of judgedLinear) {
      const pattern = new RegExp(source);
      const trying = (chars: number) => {
        const texts = ['a', 'ab', 'b', 'aab'].map((word) => `${word.repeat(chars).slice(0, chars)}!`);
        return () => texts.forEach((text) => pattern.test(text));
      };
      expect(await growthOf(trying, 8_000), source).toBeLessThan(linearGrowth);
    }
  });
});
