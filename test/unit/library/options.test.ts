import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTurnkeeper } from '../../../server/library/index.ts';
import type { TurnkeeperOptions } from '../../../server/library/index.ts';
import { optionNames } from '../../../server/library/option-names.ts';
import { readOptions } from '../../../server/library/read-options.ts';
import { parseEnvironment, variableNames } from '../../../server/settings/read-environment.ts';
import { survey, travel } from '../../redis/contract/sample-workflows.ts';

const read = (options: Partial<TurnkeeperOptions>) => readOptions({ workflows: [survey], ...options });

/** The message of the error that the options end in; empty if they end in none. */
async function messageOf(options: object): Promise<string> {
  try {
    await readOptions({ workflows: [survey], ...options });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('an option', () => {
  it('is there for every variable of the environment, under one name', () => {
    expect(Object.keys(optionNames)).toEqual(variableNames);
    expect(new Set(Object.values(optionNames)).size).toBe(variableNames.length);
  });

  it('means what its variable means', async () => {
    const digestSecret = ['first-secret-of-32-characters-or-so', 'other-secret-of-32-characters-or-so'];
    const { settings } = await read({
      ...{
        port: 0,
        publicUrl: 'https://chat.example.com/assist',
        corsOrigins: ['https://a.example', 'capacitor://b'],
      },
      ...{ showErrorCauses: true, turnTimeoutMs: 1, redis: 'redis://127.0.0.1:6399', redisPrefix: 'mine' },
      ...{ digestSecret, workflowTtlSeconds: 60, logger: 'info', authTimeoutMs: 7 },
      agent: {
        provider: 'openai-compatible',
        baseUrl: 'http://127.0.0.1:1/v1',
        model: 'm',
        historyMaxTokens: 0,
      },
    });
    const environment = parseEnvironment({
      ...{
        PORT: '0',
        PUBLIC_URL: 'https://chat.example.com/assist',
        CORS_ORIGINS: 'https://a.example, capacitor://b',
      },
      ...{
        SHOW_ERROR_CAUSES: 'true',
        TURN_TIMEOUT_MS: '1',
        REDIS_URL: 'redis://127.0.0.1:6399',
        REDIS_PREFIX: 'mine',
      },
      ...{
        DIGEST_SECRET: digestSecret.join(','),
        WORKFLOW_TTL_SECONDS: '60',
        LOG_LEVEL: 'info',
        AUTH_TIMEOUT_MS: '7',
      },
      ...{ AGENT_PROVIDER: 'openai-compatible', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', OPENAI_MODEL: 'm' },
      OPENAI_HISTORY_MAX_TOKENS: '0',
    });
    expect(environment).toEqual({ ok: true, settings });
  });

  it('has the default of its variable, but a library is silent', async () => {
    const { settings } = await read({});
    expect(parseEnvironment({ LOG_LEVEL: 'silent' })).toEqual({ ok: true, settings });
  });

  it('wins over an environment that is handed in', async () => {
    const env = { PORT: '1', REDIS_PREFIX: 'theirs', LOG_LEVEL: 'warn', TURN_TIMEOUT_MS: '' };
    const { settings } = await read({ env, port: 2 });
    expect(settings).toMatchObject({
      port: 2,
      redisPrefix: 'theirs',
      logLevel: 'warn',
      turnTimeoutMs: 30_000,
    });
  });
});

describe('the process environment', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is not read, but for what production demands', async () => {
    vi.stubEnv('PORT', 'nonsense');
    vi.stubEnv('REDIS_PREFIX', 'theirs');
    expect((await read({})).settings).toMatchObject({ port: 3000, redisPrefix: 'tk' });
    vi.stubEnv('NODE_ENV', 'production');
    const message = await messageOf({});
    expect(message).toContain('redis must be set when NODE_ENV is production');
    expect(message).toMatch(/authMode must not be dev when NODE_ENV is production.*Give authenticate/);
    expect(await messageOf({ redis: 'redis://127.0.0.1:1', authenticate: () => null })).toBe('');
    expect(await messageOf({ environment: 'development' })).toBe('');
  });
});

describe('a fault', () => {
  it.each<[object, string]>([
    [{ turnTimeoutMs: 0 }, 'turnTimeoutMs must be a whole number from 1 to 2147483647; it is "0"'],
    [{ env: { TURN_TIMEOUT_MS: '0' } }, 'TURN_TIMEOUT_MS must be a whole number from 1 to'],
    [{ redis: 'http://x' }, 'redis must '],
    [
      { corsOrigins: ['https://a.example,https://b.example'] },
      'corsOrigins must be a list of texts without commas',
    ],
    [{ port: {} }, 'port must be a text, a number, true or false, or a list of texts'],
    [{ portt: 1 }, 'portt is not an option: did you mean port?'],
    [
      { agent: { provider: 'openai-compatible' } },
      'agent.baseUrl must be set when agent.provider is openai-compatible',
    ],
    [
      { agent: { provider: 'guided', modell: 'x' } },
      'agent.modell is not an option: did you mean agent.model?',
    ],
    [
      { agent: { provider: 'gpt' } },
      'agent.provider must be one of guided, copilot-studio, openai-compatible',
    ],
    [{ agent: { name: 'mine' } }, 'agent must be an agent with name, open and send'],
    [
      { host: '0.0.0.0' },
      'host must be a loopback address (127.0.0.1, ::1 or localhost) while authMode is dev',
    ],
    [{ authenticate: 'jwt' }, 'authenticate must be a function of the headers'],
    [{ logger: {} }, 'logger must be a level, or a logger with debug, info, warn and error'],
    [{ logger: 'loud' }, 'logger must be one of trace, debug'],
    [{ observer: () => undefined }, 'observer must be an object with tell'],
    [{ workflows: [] }, 'workflows must hold at least one definition'],
    [{ workflows: './here' }, 'workflows must be a list of definitions, or a folder of them'],
    [{ workflows: { dir: 'test/nowhere' } }, 'workflows has faults in test/nowhere:\n    '],
    [{ workflows: [survey, survey] }, 'workflows[1] has the id of another one: survey'],
    [{ workflows: [{ ...survey, version: 0 }] }, 'workflows[0] (survey) has a fault: version'],
  ])('of %j says which option, and what to do', async (options, expected) => {
    expect(await messageOf(options)).toContain(`\n  ${expected}`);
  });

  it('is listed with all others, and never shows a secret', async () => {
    const promise = createTurnkeeper({
      workflows: [travel],
      port: -1,
      maxWatchers: -1,
      digestSecret: 'short',
    });
    await expect(promise).rejects.toMatchObject({
      name: 'OptionsError',
      faults: [{ option: 'port' }, { option: 'maxWatchers' }, { option: 'digestSecret' }],
    });
    await expect(promise).rejects.not.toThrow(/"short"/);
  });
});
