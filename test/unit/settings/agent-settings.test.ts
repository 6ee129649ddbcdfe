import { describe, expect, it } from 'vitest';
import { faults, settings } from './read-environment.ts';

const clientId = '66666666-7777-8888-9999-000000000000';
const url = 'https://default1.23.environment.api.powerplatform.com/copilotstudio/bots/x/conversations';
const application = {
  COPILOT_TENANT_ID: 'contoso.onmicrosoft.com',
  COPILOT_CLIENT_ID: clientId,
  COPILOT_CLIENT_SECRET: 'the-secret',
};
const copilot = { AGENT_PROVIDER: 'copilot-studio', COPILOT_DIRECT_CONNECT_URL: url, ...application };
const model = {
  AGENT_PROVIDER: 'openai-compatible',
  OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1',
  OPENAI_MODEL: 'llama',
};

describe('an agent of Copilot Studio', () => {
  it('is found by its direct connect URL, which may be http', () => {
    expect(settings(copilot).agent).toEqual({
      provider: 'copilot-studio',
      address: { kind: 'direct', url },
      cloud: 'Prod',
      token: {
        kind: 'entra',
        application: {
          mode: 'client-credentials',
          tenantId: 'contoso.onmicrosoft.com',
          clientId,
          clientSecret: 'the-secret',
          authority: 'https://login.microsoftonline.com',
        },
      },
      cardSubmit: 'message',
      locale: null,
    });
    const emulated = { ...copilot, COPILOT_DIRECT_CONNECT_URL: 'http://127.0.0.1:3978/x' };
    expect(settings(emulated).agent).toMatchObject({ address: { url: 'http://127.0.0.1:3978/x' } });
  });

  it('is found by its environment and its name', () => {
    expect(
      settings({
        ...copilot,
        COPILOT_DIRECT_CONNECT_URL: '',
        COPILOT_ENVIRONMENT_ID: 'Default-11111111-2222-3333-4444-555555555555',
        COPILOT_SCHEMA_NAME: 'cr123_agent',
        COPILOT_AGENT_TYPE: 'Prebuilt',
        COPILOT_CLOUD: 'High',
        COPILOT_TOKEN_MODE: 'on-behalf-of',
        COPILOT_CARD_SUBMIT: 'invoke',
        COPILOT_LOCALE: 'de-CH',
      }).agent,
    ).toMatchObject({
      address: {
        kind: 'named',
        environmentId: 'Default-11111111-2222-3333-4444-555555555555',
        schemaName: 'cr123_agent',
        agentType: 'Prebuilt',
      },
      cloud: 'High',
      token: { application: { mode: 'on-behalf-of', authority: 'https://login.microsoftonline.us' } },
      cardSubmit: 'invoke',
      locale: 'de-CH',
    });
  });

  it('may be asked with a fixed token', () => {
    const fixed = { ...copilot, ...blank(application), COPILOT_ACCESS_TOKEN: 'eyJ.abc_-~.x==' };
    expect(settings(fixed).agent).toMatchObject({ token: { kind: 'fixed', token: 'eyJ.abc_-~.x==' } });
  });

  it('may have its tokens from an authority of its own', () => {
    const own = { ...copilot, COPILOT_AUTHORITY: 'https://login.example.com:8443/' };
    expect(settings(own).agent).toMatchObject({
      token: { application: { authority: 'https://login.example.com:8443' } },
    });
  });

  it('needs an address and a token: all that is missing is told at once', () => {
    expect(faults({ AGENT_PROVIDER: 'copilot-studio' })).toEqual([
      'COPILOT_DIRECT_CONNECT_URL must be set when AGENT_PROVIDER is copilot-studio, or COPILOT_ENVIRONMENT_ID and ' +
        'COPILOT_SCHEMA_NAME',
      'COPILOT_ACCESS_TOKEN must be set when AGENT_PROVIDER is copilot-studio, or COPILOT_TENANT_ID, COPILOT_CLIENT_ID and ' +
        'COPILOT_CLIENT_SECRET',
    ]);
  });

  it('is not told to set a token that it would not be allowed to use', () => {
    const { COPILOT_DIRECT_CONNECT_URL, AGENT_PROVIDER } = copilot;
    const tokenless = { AGENT_PROVIDER, COPILOT_DIRECT_CONNECT_URL };
    expect(faults({ ...tokenless, COPILOT_TOKEN_MODE: 'on-behalf-of' })).toEqual([
      'COPILOT_TENANT_ID must be set when COPILOT_TOKEN_MODE is on-behalf-of',
      'COPILOT_CLIENT_ID must be set when COPILOT_TOKEN_MODE is on-behalf-of',
      'COPILOT_CLIENT_SECRET must be set when COPILOT_TOKEN_MODE is on-behalf-of',
    ]);
    const inProduction = faults({ ...tokenless, NODE_ENV: 'production', REDIS_URL: 'redis://host' });
    expect(inProduction.filter((fault) => fault.startsWith('COPILOT_'))).toEqual([
      'COPILOT_TENANT_ID must be set when NODE_ENV is production and AGENT_PROVIDER is copilot-studio',
      'COPILOT_CLIENT_ID must be set when NODE_ENV is production and AGENT_PROVIDER is copilot-studio',
      'COPILOT_CLIENT_SECRET must be set when NODE_ENV is production and AGENT_PROVIDER is copilot-studio',
    ]);
  });

  it('is told what is missing of what belongs together', () => {
    const half = { COPILOT_DIRECT_CONNECT_URL: '', COPILOT_SCHEMA_NAME: 'x', COPILOT_CLIENT_SECRET: '' };
    expect(faults({ ...copilot, ...half, COPILOT_TENANT_ID: '' })).toEqual([
      'COPILOT_ENVIRONMENT_ID must be set too: the environment and the schema name belong together',
      'COPILOT_TENANT_ID must be set too: tenant, client id and secret belong together',
      'COPILOT_CLIENT_SECRET must be set too: tenant, client id and secret belong together',
    ]);
  });

  it.each(['Published', 'Prebuilt'])('takes no agent type beside a connection string: %s', (type) => {
    expect(faults({ ...copilot, COPILOT_AGENT_TYPE: type })).toEqual([
      'COPILOT_AGENT_TYPE must not be set beside COPILOT_DIRECT_CONNECT_URL, which says which agent it is',
    ]);
  });

  it('has one address and one kind of token', () => {
    const twice = { COPILOT_SCHEMA_NAME: 'x', COPILOT_AGENT_TYPE: 'Prebuilt', COPILOT_ACCESS_TOKEN: 'token' };
    expect(faults({ ...copilot, ...twice })).toEqual([
      'COPILOT_SCHEMA_NAME must not be set beside COPILOT_DIRECT_CONNECT_URL, which says which agent it is',
      'COPILOT_AGENT_TYPE must not be set beside COPILOT_DIRECT_CONNECT_URL, which says which agent it is',
      'COPILOT_TENANT_ID must not be set beside COPILOT_ACCESS_TOKEN: set only one of them',
      'COPILOT_CLIENT_ID must not be set beside COPILOT_ACCESS_TOKEN: set only one of them',
      'COPILOT_CLIENT_SECRET must not be set beside COPILOT_ACCESS_TOKEN: set only one of them',
    ]);
  });

  it('is not asked with one token where each caller is to be asked for, nor in production', () => {
    const fixed = { ...copilot, ...blank(application), COPILOT_ACCESS_TOKEN: 'token' };
    expect(faults({ ...fixed, COPILOT_TOKEN_MODE: 'on-behalf-of' })).toEqual([
      'COPILOT_ACCESS_TOKEN must not be set when COPILOT_TOKEN_MODE is on-behalf-of: it would ask in one name for all ' +
        'callers',
    ]);
    expect(faults({ ...fixed, NODE_ENV: 'production', REDIS_URL: 'redis://host' })).toContain(
      'COPILOT_ACCESS_TOKEN must not be set when NODE_ENV is production: it expires, and asks in one name for all callers',
    );
  });

  it('is reached with TLS in production, but on this machine', () => {
    const told = (url: string): string[] =>
      faults({
        ...copilot,
        COPILOT_DIRECT_CONNECT_URL: url,
        NODE_ENV: 'production',
        REDIS_URL: 'redis://host',
      }).filter((fault) => fault.startsWith('COPILOT_'));
    const inTheClear = [
      'COPILOT_DIRECT_CONNECT_URL must begin with https:// when NODE_ENV is production: the token would travel in the clear',
    ];
    expect(told('http://agent.example.com/x')).toEqual(inTheClear);
    expect(told('http://localhost.example.com/x')).toEqual(inTheClear);
    expect(told('http://10.0.0.1:3978/x')).toEqual(inTheClear);
    expect(told('https://agent.example.com/x')).toEqual([]);
    for (const host of ['127.0.0.1', '127.8.0.1', 'localhost', '[::1]']) {
      expect(told(`http://${host}:3978/x`)).toEqual([]);
    }
    expect(faults({ ...copilot, COPILOT_DIRECT_CONNECT_URL: 'http://emulator:3978/x' })).toEqual([]);
  });

  it.each([
    'https://copilotstudio.microsoft.com/environments/Default-1/bots/x/overview',
    'https://copilotstudio.preview.microsoft.com/environments/Default-1/bots/x/overview',
  ])('is not at %s, the address of the page that it is built on', (address) => {
    expect(faults({ ...copilot, COPILOT_DIRECT_CONNECT_URL: address })).toEqual([
      "COPILOT_DIRECT_CONNECT_URL must be the agent's connection string, not the address of a page of Copilot Studio: " +
        'copy it there from Channels > Web app or Native app, under Microsoft 365 Agents SDK',
    ]);
  });

  it('in a cloud whose authority is not public needs to be told it', () => {
    expect(faults({ ...copilot, COPILOT_CLOUD: 'Ex' })).toEqual([
      'COPILOT_AUTHORITY must be set when COPILOT_CLOUD is Ex: its own is not publicly known',
    ]);
    expect(faults({ ...copilot, COPILOT_CLOUD: 'Ex', COPILOT_AUTHORITY: 'https://login.example' })).toEqual(
      [],
    );
  });
});

describe('a model', () => {
  it('is found by its endpoint and its name; a local one asks for no key', () => {
    expect(settings(model).agent).toEqual({
      provider: 'openai-compatible',
      baseUrl: 'http://127.0.0.1:11434/v1',
      apiKey: null,
      model: 'llama',
      structuredOutput: 'auto',
      historyMaxTokens: 4_000,
    });
    const more = {
      OPENAI_API_KEY: 'sk-1',
      OPENAI_STRUCTURED_OUTPUT: 'text',
      OPENAI_HISTORY_MAX_TOKENS: '0',
    };
    expect(settings({ ...model, ...more }).agent).toMatchObject({
      apiKey: 'sk-1',
      structuredOutput: 'text',
      historyMaxTokens: 0,
    });
  });

  it.each(['https://host/v1/chat/completions', 'https://host/v1/chat/completions/', 'https://host/v1'])(
    'at %s is asked at the same address',
    (address) => {
      expect(settings({ ...model, OPENAI_BASE_URL: address }).agent).toMatchObject({
        baseUrl: 'https://host/v1',
      });
    },
  );

  it('needs both', () => {
    expect(faults({ AGENT_PROVIDER: 'openai-compatible' })).toEqual([
      'OPENAI_BASE_URL must be set when AGENT_PROVIDER is openai-compatible',
      'OPENAI_MODEL must be set when AGENT_PROVIDER is openai-compatible',
    ]);
  });
});

describe("another agent's variables", () => {
  it('are of no consequence', () => {
    expect(settings({ ...copilot, ...model }).agent.provider).toBe('openai-compatible');
    expect(settings({ ...copilot, ...model, AGENT_PROVIDER: '' }).agent).toEqual({ provider: 'guided' });
  });
});

describe('values', () => {
  it.each([
    ['COPILOT_DIRECT_CONNECT_URL', 'ftp://host/x'],
    ['COPILOT_DIRECT_CONNECT_URL', 'agent.example.com/x'],
    ['COPILOT_DIRECT_CONNECT_URL', 'https://dana:hunter2@host/x'],
    ['COPILOT_DIRECT_CONNECT_URL', 'https://host/x#hunter2'],
    ['COPILOT_ENVIRONMENT_ID', 'a/b?hunter2'],
    ['COPILOT_ENVIRONMENT_ID', '--------'],
    ['COPILOT_ACCESS_TOKEN', 'Bearer hunter2'],
    ['COPILOT_ACCESS_TOKEN', 'hunter2\nX-Other: 1'],
    ['COPILOT_TENANT_ID', 'common'],
    ['COPILOT_TENANT_ID', '../../hunter2'],
    ['COPILOT_CLIENT_ID', 'hunter2'],
    ['COPILOT_AUTHORITY', 'http://login.example.com'],
    ['COPILOT_AUTHORITY', 'https://login.example.com/tenant?hunter2'],
    ['COPILOT_AUTHORITY', 'https://dana:hunter2@login.example.com'],
    ['OPENAI_BASE_URL', 'https://dana:hunter2@host/v1'],
    ['OPENAI_BASE_URL', 'https://host/v1?key=hunter2'],
    ['OPENAI_API_KEY', 'hunter2\r\nX-Other: 1'],
  ])('of %s like %j are refused, and not repeated', (name, value) => {
    const told = faults({ [name]: value });
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(new RegExp(`^${name} must `));
    expect(told[0]).not.toMatch(/hunter2|; it is/);
  });

  it.each([
    ['COPILOT_SCHEMA_NAME', 'a b', '; it is "a b"'],
    ['COPILOT_CLOUD', 'Other', '; it is "Other"'],
    ['COPILOT_TOKEN_MODE', 'delegated', 'must be one of client-credentials, on-behalf-of; it is "delegated"'],
    ['COPILOT_LOCALE', 'English!', 'must be a language tag like en-US; it is "English!"'],
    ['OPENAI_HISTORY_MAX_TOKENS', '-1', '; it is "-1"'],
  ])('of %s like %j are refused, and shown', (name, value, shown) => {
    expect(faults({ [name]: value })).toEqual([expect.stringContaining(shown)]);
  });
});

function blank<Name extends string>(variables: Record<Name, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(variables).map((name) => [name, '']));
}

describe('a model endpoint that asks for a key', () => {
  it('is reached with TLS in production, but on this machine', () => {
    const told = (OPENAI_BASE_URL: string, NODE_ENV = 'production', OPENAI_API_KEY = 'k'): string[] =>
      faults({ ...model, OPENAI_BASE_URL, OPENAI_API_KEY, NODE_ENV, REDIS_URL: 'redis://host' }).filter(
        (fault) => fault.startsWith('OPENAI_'),
      );
    const inTheClear = [
      'OPENAI_BASE_URL must begin with https:// when NODE_ENV is production: the key would travel in the clear',
    ];
    expect(told('http://models.example.com/v1')).toEqual(inTheClear);
    expect(told('http://10.0.0.1:8080/v1')).toEqual(inTheClear);
    expect(told('https://models.example.com/v1')).toEqual([]);
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) expect(told(`http://${host}/v1`)).toEqual([]);
    expect(told('http://models.example.com/v1', 'development')).toEqual([]);
    expect(told('http://models.example.com/v1', 'production', '')).toEqual([]);
  });
});
