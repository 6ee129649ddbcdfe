import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import { apiUrlOf } from '../../../client-sdk/src/links/server-url.ts';

describe('a url that no server can have', () => {
  it.for([
    '',
    ' ',
    '/',
    '/api',
    './api',
    '//example.com',
    'localhost:3000',
    'localhost',
    '127.0.0.1:3000',
    'example.com/chat',
    'htp://127.0.0.1:1',
    'ftp://example.com',
    'ws://example.com',
    'file:///tmp/x',
    'data:text/plain,x',
    'http://',
    'http://exa mple.com',
    'http://example.com:99999',
    'http://example.com?tenant=a',
    'https://example.com/#chat',
  ])('is refused as the client is made: "%s"', (url) => {
    const make = () => createTurnkeeperClient({ url });
    expect(make).toThrow(TypeError);
    expect(make).toThrow('url must begin with http:// or https://');
    expect(make).toThrow(`It is "${url}".`);
  });

  it('is refused without showing the password in it', () => {
    const make = () => createTurnkeeperClient({ url: 'https://dana:secret-word@example.com' });
    expect(make).toThrow('without password');
    expect(make).not.toThrow('secret-word');
  });

  it('is refused where there is none', () => {
    expect(() => createTurnkeeperClient({ url: undefined as never })).toThrow('It is "undefined".');
  });
});

describe('the address of the API', () => {
  it.for([
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/trpc'],
    ['http://127.0.0.1:3000///', 'http://127.0.0.1:3000/trpc'],
    ['https://example.com/assist/', 'https://example.com/assist/trpc'],
    ['HTTPS://Example.com', 'HTTPS://Example.com/trpc'],
    ['http://[::1]:3000', 'http://[::1]:3000/trpc'],
  ] as const)('is below the server’s: %s', ([url, api]) => {
    expect(apiUrlOf(url)).toBe(api);
  });

  it.for([
    ['', '/trpc'],
    ['/', '/trpc'],
    ['/assist', '/assist/trpc'],
    ['../../assist/', '../../assist/trpc'],
    ['//example.com', '//example.com/trpc'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/trpc'],
  ] as const)('may be relative on a page: "%s"', ([url, api]) => {
    expect(apiUrlOf(url, 'https://example.com/app/?a=b#c')).toBe(api);
  });

  it.for(['localhost:3000', 'htp://127.0.0.1:1', '/api?x=1'])('is no less wrong on a page: "%s"', (url) => {
    expect(() => apiUrlOf(url, 'https://example.com/app/')).toThrow('url must begin with http');
  });

  it.for(['about:blank', 'file:///home/dana/page.html'])(
    'is not relative to a page that no server sent: %s',
    (page) => {
      expect(() => apiUrlOf('/api', page)).toThrow(TypeError);
    },
  );
});

describe('a retry policy by which nothing could be tried', () => {
  it.for([
    { attempts: 0 },
    { attempts: -1 },
    { attempts: 1.5 },
    { attempts: Number.NaN },
    { baseDelayMs: -1 },
    { maxDelayMs: Number.NaN },
  ])('is refused as the client is made: %o', (retry) => {
    expect(() => createTurnkeeperClient({ url: 'http://127.0.0.1:3000', retry })).toThrow(RangeError);
  });

  it('is none where a part of it is left to its default', () => {
    const retry = { attempts: undefined as never, baseDelayMs: 0 };
    expect(() => createTurnkeeperClient({ url: 'http://127.0.0.1:3000', retry })).not.toThrow();
  });
});
