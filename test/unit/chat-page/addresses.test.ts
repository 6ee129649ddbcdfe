import { describe, expect, test } from 'vitest';
import { hashOf, parseRoute } from '../../../apps/chat/src/routing/route.ts';
import type { Route } from '../../../apps/chat/src/routing/route.ts';
import { safeImage, safeLink } from '../../../apps/chat/src/parts/safe-address.ts';

describe('an address that an agent or a user wrote', () => {
  test.each(['https://example.com/a', 'http://example.com/', 'mailto:a@example.com', 'tel:+44207946'])(
    '%s is followed',
    (address) => {
      expect(safeLink(address)).toBe(address);
    },
  );

  test.each([
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'blob:https://example.com/1',
    'file:///etc/passwd',
    '#/c/elsewhere',
    '/trpc',
    '//example.com',
    'https://example.com@elsewhere.example/',
    '',
  ])('%s is not', (address) => {
    expect(safeLink(address)).toBeNull();
  });

  test('an image is loaded over HTTPS from an allowed host, or from a data URL', () => {
    const hosts = ['example.com', 'a.example:8443', '*.pictures.example'];
    for (const address of [
      'https://example.com/a.png',
      'https://a.example:8443/',
      'https://x.y.pictures.example/b',
    ])
      expect(safeImage(address, hosts)).toBe(address);
    for (const address of [
      'https://www.example.com/',
      'https://a.example/',
      'https://pictures.example/',
      'https://example.com.evil.example/',
    ])
      expect(safeImage(address, hosts)).toBeNull();
    expect(safeImage('https://example.com/a.png', [])).toBeNull();
    expect(safeImage('data:image/png;base64,AAAA', [])).toBe('data:image/png;base64,AAAA');
    expect(safeImage('http://example.com/a.png', hosts)).toBeNull();
    expect(safeImage('data:image/svg+xml,<svg/>', [])).toBeNull();
    expect(safeImage('data:text/html,x', [])).toBeNull();
    expect(safeImage(`data:image/png;base64,${'A'.repeat(600_000)}`, [])).toBeNull();
  });
});

describe('a route', () => {
  const routes: readonly Route[] = [
    { page: 'start' },
    { page: 'conversation', conversationId: 'a~b:c@d' },
    { page: 'new', workflowId: 'leave-request', conversationId: 'x1' },
  ];

  test.each(routes)('$page is kept in the address', (route) => {
    expect(parseRoute(hashOf(route))).toEqual(route);
  });

  test.each(['', '#', '#/', '#/c', '#/c/', '#/new/x', '#/nothing/here', '#/c/%E0%A4%A'])(
    '%s is the start page',
    (hash) => {
      expect(parseRoute(hash)).toEqual({ page: 'start' });
    },
  );
});
