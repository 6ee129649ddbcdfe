import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../../support/certificates.ts';
import { faults, settings } from './read-environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'turnkeeper-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const authority = createAuthority();
const own = authority.issue(['localhost']);
const other = authority.issue(['localhost']);
const ca = file('ca.pem', authority.cert);
const cert = file('cert.pem', own.cert);
const key = file('key.pem', own.key);

const noCredentials = { username: null, password: null };
const three = 'redis://a,redis://b,redis://c';

describe('REDIS_URL', () => {
  it('is one Redis', () => {
    expect(settings({ REDIS_URL: 'redis://redis.example.com' }).redis).toEqual({
      kind: 'standalone',
      endpoint: { host: 'redis.example.com', port: 6379 },
      credentials: noCredentials,
      db: 0,
      tls: null,
    });
  });

  it('names a user, a password, a port, a database and TLS', () => {
    expect(settings({ REDIS_URL: 'rediss://us%40er:p,w%25@[2001:db8::1]:6380/2' }).redis).toEqual({
      kind: 'standalone',
      endpoint: { host: '2001:db8::1', port: 6380 },
      credentials: { username: 'us@er', password: 'p,w%' },
      db: 2,
      tls: { ca: null, cert: null, key: null },
    });
  });

  it('is a Cluster where it is a list, with the credentials that all its URLs share', () => {
    expect(settings({ REDIS_URL: 'redis://:p,w@a:7000, redis://:p,w@b, redis://:p,w@b' }).redis).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
        { host: 'b', port: 6379 },
      ],
      credentials: { username: null, password: 'p,w' },
      tls: null,
    });
  });

  it('is a primary behind sentinels where it begins with redis+sentinel', () => {
    const REDIS_URL = 'rediss+sentinel://user:p@s:s@10.0.0.1:5000,sentinel-2/my%20primary/3';
    expect(settings({ REDIS_URL }).redis).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: '10.0.0.1', port: 5000 },
        { host: 'sentinel-2', port: 26_379 },
      ],
      primaryName: 'my primary',
      credentials: { username: 'user', password: 'p@s:s' },
      sentinelCredentials: noCredentials,
      db: 3,
      tls: { ca: null, cert: null, key: null },
    });
  });

  it("has the sentinels' own credentials beside it", () => {
    const env = { REDIS_SENTINEL_USERNAME: 'watcher', REDIS_SENTINEL_PASSWORD: 's' };
    expect(settings({ REDIS_URL: 'redis+sentinel://s1/primary', ...env }).redis).toMatchObject({
      sentinelCredentials: { username: 'watcher', password: 's' },
    });
  });

  it.each([
    'localhost:6379',
    'http://localhost',
    'redis://',
    'redis',
    'redis://:pw@a,b',
    'redis://a:6379,b:6379',
    'redis://a,http://b',
    'redis://a:6379,',
    'redis+sentinel://s1,s2',
    'redis+sentinel:///primary',
    'redis+sentinel://s1:port/primary',
    'redis+sentinel://s1,/primary',
  ])('is refused as %s, with what it may be', (value) => {
    expect(faults({ REDIS_URL: value })).toEqual([
      expect.stringMatching(/^REDIS_URL must be a URL like redis:.*rediss:.*Cluster.*redis\+sentinel:/),
    ]);
  });

  it.each([
    [
      'redis://a/0,redis://b/1',
      'must name no database in a list, which means Cluster: that has only database 0',
    ],
    ['redis://a,rediss://b', 'must begin all URLs of a list with redis://, or all with rediss://'],
    [
      'redis://:x@a,redis://:y@b',
      'must have the same user and password in all URLs of a list, which means Cluster',
    ],
    ['redis://a/first', 'must have a number as its database, as in redis://host:6379/2'],
    ['redis://a?family=6', 'must have nothing after the host but /<number of the database>'],
    ['redis://:50%@a', 'must write a % in the user or the password as %25'],
  ])('is refused as %s, saying why', (value, fault) => {
    expect(faults({ REDIS_URL: value })).toEqual([`REDIS_URL ${fault}`]);
  });

  it.each(['http://:hunter2@host', 'redis://:hunter2@a,redis://:other@b', 'redis+sentinel://:hunter2@'])(
    'is never printed: %s',
    (REDIS_URL) => {
      const printed = faults({ REDIS_URL, REDIS_LOCK_URLS: REDIS_URL, PORT: 'x' }).join('\n');
      expect(printed).toContain('REDIS_LOCK_URLS');
      expect(printed).not.toContain('hunter2');
    },
  );
});

describe("the sentinels' credentials", () => {
  it.each([undefined, 'redis://a', 'redis://a,redis://b'])(
    'are refused with %s as REDIS_URL',
    (REDIS_URL) => {
      expect(faults({ REDIS_URL, REDIS_SENTINEL_PASSWORD: 'hunter2' })).toEqual([
        'REDIS_SENTINEL_PASSWORD must only be set where REDIS_URL begins with redis+sentinel://: it is for the sentinels',
      ]);
    },
  );

  it('are refused as a user without a password', () => {
    expect(faults({ REDIS_URL: 'redis+sentinel://s/p', REDIS_SENTINEL_USERNAME: 'w' })).toEqual([
      'REDIS_SENTINEL_USERNAME must come with REDIS_SENTINEL_PASSWORD',
    ]);
  });
});

describe('TLS', () => {
  it('is spoken with the authority, the certificate and the key in the files', () => {
    const env = { REDIS_TLS_CA_FILE: ca, REDIS_TLS_CERT_FILE: cert, REDIS_TLS_KEY_FILE: key };
    const tls = { ca: authority.cert, cert: own.cert, key: own.key };
    expect(settings({ REDIS_URL: 'rediss://a', ...env }).redis).toMatchObject({ kind: 'standalone', tls });
    expect(settings({ REDIS_URL: 'rediss://a,rediss://b', ...env }).redis).toMatchObject({
      kind: 'cluster',
      tls,
    });
    expect(settings({ REDIS_URL: 'rediss+sentinel://a/p', ...env }).redis).toMatchObject({
      kind: 'sentinel',
      tls,
    });
    const { redis, redisLockMasters } = settings({
      REDIS_URL: 'redis://x',
      REDIS_LOCK_URLS: 'rediss://a,redis://b,rediss://c',
      ...env,
    });
    expect(redis?.tls).toBeNull();
    expect(redisLockMasters.map((master) => master.tls)).toEqual([tls, null, tls]);
  });

  it.each([undefined, 'redis://a', 'redis+sentinel://a/p'])(
    'is refused where %s does not speak it',
    (REDIS_URL) => {
      expect(faults({ REDIS_URL, REDIS_TLS_CA_FILE: ca })).toEqual([
        'REDIS_TLS_CA_FILE must only be set where a URL of Redis begins with rediss: nothing else speaks TLS',
      ]);
    },
  );

  it('is refused with a file that is not there, or no PEM', () => {
    const REDIS_URL = 'rediss://a';
    const missing = join(folder, 'missing.pem');
    expect(faults({ REDIS_URL, REDIS_TLS_CA_FILE: missing })).toEqual([
      `REDIS_TLS_CA_FILE must name a file that can be read (ENOENT); it is ${JSON.stringify(missing.slice(0, 100))}`,
    ]);
    expect(faults({ REDIS_URL, REDIS_TLS_CA_FILE: file('text', 'hello') })).toEqual([
      expect.stringMatching(
        /^REDIS_TLS_CA_FILE must name a file in PEM form, which begins with -----BEGIN; it is/,
      ),
    ]);
  });

  it('is refused with a certificate without its key, a key without its certificate, and with the key of another', () => {
    const REDIS_URL = 'rediss://a';
    expect(faults({ REDIS_URL, REDIS_TLS_CERT_FILE: cert })).toEqual([
      'REDIS_TLS_CERT_FILE must come with REDIS_TLS_KEY_FILE: a certificate and its private key',
    ]);
    expect(faults({ REDIS_URL, REDIS_TLS_KEY_FILE: key })).toEqual([
      'REDIS_TLS_KEY_FILE must come with REDIS_TLS_CERT_FILE: a certificate and its private key',
    ]);
    const REDIS_TLS_KEY_FILE = file('other.pem', other.key);
    expect(faults({ REDIS_URL, REDIS_TLS_CERT_FILE: cert, REDIS_TLS_KEY_FILE })).toEqual([
      'REDIS_TLS_KEY_FILE must be the private key, unencrypted, of the certificate in REDIS_TLS_CERT_FILE',
    ]);
  });
});

describe('REDIS_LOCK_URLS', () => {
  it('lists the masters that keep the leases', () => {
    expect(settings({ REDIS_LOCK_URLS: three }).redisLockMasters.map(({ endpoint }) => endpoint)).toEqual([
      { host: 'a', port: 6379 },
      { host: 'b', port: 6379 },
      { host: 'c', port: 6379 },
    ]);
  });

  it.each([
    ['redis://a', 1],
    ['redis://a,redis://b', 2],
    [`${three},redis://d`, 4],
  ])('is refused as %s: there is no better majority than with one less', (REDIS_LOCK_URLS, count) => {
    expect(faults({ REDIS_LOCK_URLS })).toEqual([
      'REDIS_LOCK_URLS must list an odd number of masters, at least 3: a majority of them must be left when some are ' +
        `down; it lists ${count}`,
    ]);
  });

  it('is refused with one master twice', () => {
    expect(faults({ REDIS_LOCK_URLS: 'redis://a,redis://b,redis://a:6379/1' })).toEqual([
      'REDIS_LOCK_URLS must list each master once: two votes of one Redis are no quorum',
    ]);
  });

  it.each(['redis://c:6379/5', 'redis://x,redis://c'])(
    'is refused with a master of REDIS_URL %s',
    (REDIS_URL) => {
      expect(faults({ REDIS_URL, REDIS_LOCK_URLS: three })).toEqual([
        'REDIS_LOCK_URLS must not list the Redis of REDIS_URL: the masters are there for when that one fails over',
      ]);
    },
  );

  it('is refused with what is no URL of one Redis', () => {
    expect(faults({ REDIS_LOCK_URLS: 'redis://a,redis://b,c' })).toEqual([
      'REDIS_LOCK_URLS must be a URL like redis://user:password@host:6379, or rediss:// for TLS',
    ]);
  });
});

describe('REDIS_WAIT_REPLICAS', () => {
  it('is how many replicas must have a turn', () => {
    expect(settings({ REDIS_URL: 'redis://a', REDIS_WAIT_REPLICAS: '2' }).redisWaitReplicas).toBe(2);
  });

  it("is refused with the server's own Redis, which has no replica", () => {
    expect(faults({ REDIS_WAIT_REPLICAS: '1' })).toEqual([
      "REDIS_WAIT_REPLICAS must be 0 while REDIS_URL is unset: the server's own Redis has no replica",
    ]);
  });
});
