import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Pseudonyms } from '../../../server/observability/pseudonyms.ts';

const ann = { tenant: 'acme', user: 'ann@example.com' };

describe('the pseudonym of a user', () => {
  it('is what the docs say, so that an operator can make it', () => {
    const digest = createHmac('sha256', 'a key').update('["acme","ann@example.com"]').digest('hex');
    const pseudonyms = new Pseudonyms('a key');
    expect(pseudonyms.of(ann)).toBe(digest.slice(0, 16));
    expect(pseudonyms.of(ann)).toBe(digest.slice(0, 16));
  });

  it('is another one in another tenant, and under another key', () => {
    const pseudonyms = new Pseudonyms('a key');
    const names = [
      pseudonyms.of(ann),
      pseudonyms.of({ ...ann, tenant: 'other' }),
      new Pseudonyms('x').of(ann),
    ];
    expect(new Set(names).size).toBe(3);
  });

  it('is the same however many users there were since', () => {
    const pseudonyms = new Pseudonyms('a key');
    const first = pseudonyms.of(ann);
    for (let user = 0; user < 10_001; user += 1) pseudonyms.of({ tenant: 'acme', user: String(user) });
    expect(pseudonyms.of(ann)).toBe(first);
  });
});
