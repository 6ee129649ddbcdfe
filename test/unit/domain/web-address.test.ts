import { describe, expect, it } from 'vitest';
import { isWebAddress } from '../../../server/domain/web-address.ts';
import { costBeside } from '../../support/time.ts';

describe('a web address', () => {
  it.each([
    'https://example.com/a?b#c',
    'http://127.0.0.1:3000',
    'HTTPS://EXAMPLE.COM',
    'https://münchen.example/',
  ])('may be %s', (text) => {
    expect(isWebAddress(text)).toBe(true);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '//example.com',
    'example.com',
    '',
  ])('is not %j', (text) => {
    expect(isWebAddress(text)).toBe(false);
  });

  it('is told without parsing, whatever stands where its host should', async () => {
    const text = `https://${'漢'.repeat(4_000)}`;
    expect(isWebAddress(text)).toBe(false);
    expect(
      await costBeside(
        () => isWebAddress(text),
        () => URL.canParse(text),
        0.2,
      ),
    ).toBeLessThan(0.2);
  });
});
