import { describe, expect, it } from 'vitest';
import { isWebAddress } from '../../../server/domain/web-address.ts';
import { cpuMs } from '../../support/time.ts';

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

  it('is told at once, whatever stands where its host should', () => {
    const text = `https://${'漢'.repeat(4_000)}`;
    const tookMs = cpuMs(() => {
      for (let time = 0; time < 300; time += 1) expect(isWebAddress(text)).toBe(false);
    });
    // Parsing them takes some ten seconds.
    expect(tookMs).toBeLessThan(2_000);
  });
});
