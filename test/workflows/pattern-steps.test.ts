import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patternSteps } from '../../workflows/definition/pattern-steps.ts';

const cpuMs = (work: () => void): number => {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
};

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
    // As docs/workflows.md advises.
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

describe('judging', () => {
  it.each([
    '(?:a{1,1000}){1,1000}',
    'a{499999}'.repeat(55),
    '('.repeat(999) + ')'.repeat(999),
    '(?:a|b)?'.repeat(240),
    '[ab]?'.repeat(390),
    '^a*a*a*a*a*b$',
    '.*a.{20}b',
  ])('ends soon, whatever the expression: %#', (source) => {
    expect(cpuMs(() => void patternSteps(source))).toBeLessThan(1_000);
  });

  it('takes no more than a budget that many share', () => {
    const budget = { left: 50_000 };
    for (let count = 0; count < 1_000; count += 1) patternSteps('^a*a*a*a*a*b$', '', budget);
    expect(patternSteps('^[0-9]{4}$', '', budget)).toBeNull();
    expect(budget.left).toBeGreaterThan(-20_000);
  });

  it('lets nothing through that takes long on 8,000 characters', () => {
    const part = fc.constantFrom(
      ...['a', 'b', '.', '\\w', '[ab]', '[^b]', '(', '(?:', '(?=', ')', '|', '*', '+', '?', '{2}', '{1,3}'],
      ...['$', '^', '*?', '\\b', '{2,}'],
    );
    const texts = ['a', 'ab', 'b', 'aab'].map((word) => `${word.repeat(8_000).slice(0, 8_000)}!`);
    let judgedLinear = 0;
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const source = parts.join('');
        if (patternSteps(source) === null) return;
        judgedLinear += 1;
        const pattern = new RegExp(source);
        expect(cpuMs(() => texts.forEach((text) => pattern.test(text)))).toBeLessThan(1_000);
      }),
      { numRuns: 3_000 },
    );
    expect(judgedLinear).toBeGreaterThan(100);
  });
});
