import { describe, expect, it } from 'vitest';
import { isWebAddress } from '../../server/domain/web-address.ts';

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
    const began = process.cpuUsage();
    for (let time = 0; time < 60; time += 1) expect(isWebAddress(text)).toBe(false);
    // Parsing them takes some two seconds.
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(300);
  });
});
