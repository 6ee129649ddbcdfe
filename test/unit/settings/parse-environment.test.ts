import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { describeEnvironment } from '../../../server/settings/read-environment.ts';
import { faults, settings } from './read-environment.ts';

describe('defaults', () => {
  it('are complete: an empty environment starts a server', () => {
    const { workflowsDir, ...rest } = settings({});
    expect(rest).toEqual({
      isProduction: false,
      port: 3000,
      host: '127.0.0.1',
      publicUrl: null,
      redis: null,
      redisLockMasters: [],
      redisWaitReplicas: 0,
      digestSecrets: [],
      redisPrefix: 'tk',
      redisCommandTimeoutMs: 500,
      workflowTtlSeconds: 86_400,
      agent: { provider: 'guided' },
      auth: { mode: 'dev' },
      allowedTenants: null,
      logLevel: 'info',
      metrics: null,
      corsOrigins: [],
      authTimeoutMs: 5_000,
      showsErrorCauses: false,
      imageHosts: [],
      assistantName: 'Turnkeeper',
      assistantIcon: null,
      embedOrigins: [],
      turnTimeoutMs: 30_000,
      lockTtlMs: 10_000,
      turnWaitMaxMs: 10_000,
      shutdownDelayMs: 0,
      shutdownGraceMs: 35_000,
      contextMaxChars: 6_000,
      maxBodyBytes: 262_144,
      keepAliveMs: 75_000,
      maxConnections: 10_000,
      maxTurnsInFlight: 256,
      maxTurnsWaiting: 1_000,
      maxTurnsWaitingPerConversation: 8,
      maxWatchers: 1_000,
      maxWatchersPerUser: 20,
      watchStallMs: 20_000,
      limits: {
        userTurnsPerMinute: null,
        tenantTurnsPerMinute: null,
        userConversations: null,
        tenantConversations: null,
        userStoredBytes: null,
        tenantStoredBytes: null,
        userOpenWatches: null,
        tenantOpenWatches: null,
        userWaitingCalls: null,
        tenantWaitingCalls: null,
      },
      transcriptMaxTurns: 500,
      dataDir: '.data',
    });
    expect(workflowsDir).toMatch(/workflows$/);
  });

  it('take the workflows that are shipped', async () => {
    expect(await readdir(settings({}).workflowsDir)).toContain('definition');
  });

  it('hold for a variable that is empty or blank', () => {
    expect(settings({ PORT: '', REDIS_URL: '  ', CORS_ORIGINS: '' })).toEqual(settings({}));
  });

  it('are what the description says, each with its meaning', () => {
    const described = describeEnvironment();
    expect(described.find(({ name }) => name === 'PORT')?.default).toBe('3000');
    expect(described.find(({ name }) => name === 'REDIS_URL')?.default).toBeNull();
    expect(described.filter(({ meaning }) => meaning === '')).toEqual([]);
    const written = described.map(({ name, default: value }) => [name, value ?? undefined] as const);
    expect(settings(Object.fromEntries(written))).toEqual(settings({}));
  });
});

describe('values', () => {
  it('are read into what they mean', () => {
    expect(
      settings({
        PORT: '0',
        HOST: '::1',
        REDIS_PREFIX: 'team-a.v1_x',
        CORS_ORIGINS: 'https://chat.example.com, http://localhost:5173',
        LOG_LEVEL: 'silent',
        LOCK_TTL_MS: '1000',
        WORKFLOWS_DIR: '/somewhere/else',
        TURNKEEPER_DATA_DIR: '/data',
      }),
    ).toMatchObject({
      port: 0,
      host: '::1',
      redisPrefix: 'team-a.v1_x',
      corsOrigins: ['https://chat.example.com', 'http://localhost:5173'],
      logLevel: 'silent',
      lockTtlMs: 1000,
      workflowsDir: '/somewhere/else',
      dataDir: '/data',
    });
  });

  it("that are not the server's are ignored", () => {
    expect(settings({ PATH: '/bin', TURNKEEPER_ANYTHING: 'x' })).toEqual(settings({}));
  });

  it.each([
    ['PORT', '65536', 'PORT must be a whole number from 0 to 65535; it is "65536"'],
    ['PORT', '-1', 'PORT must be a whole number from 0 to 65535; it is "-1"'],
    ['PORT', '80.5', 'PORT must be a whole number from 0 to 65535; it is "80.5"'],
    ['PORT', '1e3', 'PORT must be a whole number from 0 to 65535; it is "1e3"'],
    ['HOST', 'not a host', 'HOST must be a host name or an IP address; it is "not a host"'],
    [
      'REDIS_PREFIX',
      'a:b',
      'REDIS_PREFIX must be 1 to 32 letters, digits, underscores, dots or hyphens; it is "a:b"',
    ],
    [
      'WORKFLOW_TTL_SECONDS',
      '0',
      'WORKFLOW_TTL_SECONDS must be a whole number from 1 to 2147483647; it is "0"',
    ],
    ['LOCK_TTL_MS', '999', 'LOCK_TTL_MS must be a whole number from 1000 to 2147483647; it is "999"'],
    [
      'TURN_TIMEOUT_MS',
      '2147483648',
      'TURN_TIMEOUT_MS must be a whole number from 1 to 2147483647; it is "2147483648"',
    ],
    [
      'CONTEXT_MAX_CHARS',
      '999',
      'CONTEXT_MAX_CHARS must be a whole number from 1000 to 1000000; it is "999"',
    ],
    [
      'AGENT_PROVIDER',
      'oracle',
      'AGENT_PROVIDER must be one of guided, copilot-studio, openai-compatible; it is "oracle"',
    ],
    ['AUTH_MODE', 'none', 'AUTH_MODE must be one of dev, oidc; it is "none"'],
    [
      'LOG_LEVEL',
      'loud',
      'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent; it is "loud"',
    ],
  ])('are refused when %s is %s', (name, value, fault) => {
    expect(faults({ [name]: value })).toContain(fault);
  });

  it.each([
    '*',
    'null',
    'chat.example.com',
    'https://chat.example.com/',
    'https://*.example.com',
    'https://chat.example.com,http://*',
    'capacitor://*',
    'capacitor://localhost/',
    'chrome-extension://',
    'https://user@chat.example.com',
    'https://CHAT.example.com',
    'https://a.example,,',
    'ftp://a.example',
    'file:///',
    'data:text/html,x',
    'javascript://a',
  ])('are refused when CORS_ORIGINS is %s', (value) => {
    expect(faults({ CORS_ORIGINS: value })).toEqual([
      expect.stringMatching(/^CORS_ORIGINS must be a comma-separated list of origins/),
    ]);
  });

  it.each([
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'chrome-extension://mdplmiioglkpgkgblfdilgebpppgdlmj',
    'moz-extension://5d1d5f8c-0a3b-4a53-9f5e-1c2a7a1f9b11',
    'app://obsidian.md',
    'http://localhost:5173',
  ])('take %s for an origin', (value) => {
    expect(settings({ CORS_ORIGINS: value }).corsOrigins).toEqual([value]);
  });

  it.each(['chat.example.com', 'ftp://chat.example.com', 'https://me:secret@chat.example.com'])(
    'are refused when PUBLIC_URL is %s, which is not repeated',
    (value) => {
      expect(faults({ PUBLIC_URL: value })).toEqual([expect.stringMatching(/^PUBLIC_URL must be a URL/)]);
      expect(faults({ PUBLIC_URL: value }).join()).not.toContain('secret');
    },
  );
});

describe('combinations', () => {
  it('a production needs its own Redis and refuses to believe its callers', () => {
    expect(faults({ NODE_ENV: 'production' })).toEqual([
      expect.stringMatching(/^REDIS_URL must be set when NODE_ENV is production/),
      expect.stringMatching(
        /^AUTH_MODE must not be dev when NODE_ENV is production.*OIDC_ISSUER.*docs\/identity.md/,
      ),
    ]);
    expect(faults({ NODE_ENV: 'production', REDIS_URL: 'redis://host' })).toHaveLength(1);
  });

  it('a production shows no causes of errors', () => {
    const production = { NODE_ENV: 'production', REDIS_URL: 'redis://host' };
    const shown = faults({ ...production, SHOW_ERROR_CAUSES: 'true' });
    expect(shown).toContainEqual(expect.stringMatching(/^SHOW_ERROR_CAUSES must not be true/));
    expect(faults({ ...production, SHOW_ERROR_CAUSES: 'false' })).toHaveLength(1);
  });

  it.each(['0.0.0.0', '::', '192.168.0.10', 'example.com', '127.0.0.1.example.com'])(
    'dev authentication does not listen on %s',
    (host) => {
      expect(faults({ HOST: host })).toEqual([expect.stringMatching(/^HOST must be a loopback address/)]);
    },
  );

  it('metrics are on a port of their own, or for a bearer of a token, or nowhere', () => {
    const one = 'x'.repeat(32);
    const other = 'y'.repeat(32);
    expect(settings({ METRICS_PORT: '9464' }).metrics).toEqual({ kind: 'own-port', port: 9464 });
    expect(settings({ METRICS_TOKEN: `${one}, ${other}` }).metrics).toEqual({
      kind: 'token',
      tokens: [one, other],
    });
    expect(faults({ METRICS_PORT: '9464', METRICS_TOKEN: one })).toEqual([
      expect.stringMatching(/^METRICS_TOKEN must not be set together with METRICS_PORT/),
    ]);
    expect(faults({ PORT: '9464', METRICS_PORT: '9464' })).toEqual([
      expect.stringMatching(/^METRICS_PORT must be another port than PORT/),
    ]);
    expect(faults({ METRICS_TOKEN: 'short-secret' })).toEqual([
      expect.stringMatching(/^METRICS_TOKEN must be a secret of at least 32 characters/),
    ]);
    expect(faults({ METRICS_TOKEN: 'short-secret' }).join()).not.toContain('short-secret');
  });

  it('everything that is wrong is listed at once', () => {
    expect(
      faults({ NODE_ENV: 'production', PORT: 'x', HOST: '0.0.0.0', LOG_LEVEL: 'loud' }).map(
        (fault) => fault.split(' ')[0],
      ),
    ).toEqual(['PORT', 'LOG_LEVEL', 'REDIS_URL', 'AUTH_MODE', 'HOST']);
  });
});
