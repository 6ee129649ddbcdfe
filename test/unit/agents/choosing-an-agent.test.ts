import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../server/create-agent.ts';
import { describeAgent } from '../../../server/describe-agent.ts';
import { ManualClock } from '../../../server/testing/manual-clock.ts';
import { settings } from '../settings/read-environment.ts';

const secret = 'hunter2';
const copilot = {
  AGENT_PROVIDER: 'copilot-studio',
  COPILOT_DIRECT_CONNECT_URL: `https://agents.example.com:8443/path/${secret}?key=${secret}`,
  COPILOT_TENANT_ID: 'contoso.com',
  COPILOT_CLIENT_ID: '66666666-7777-8888-9999-000000000000',
  COPILOT_CLIENT_SECRET: secret,
};
const byName = {
  ...copilot,
  COPILOT_DIRECT_CONNECT_URL: '',
  COPILOT_ENVIRONMENT_ID: 'Default-11111111-2222-3333-4444-555555555555',
  COPILOT_SCHEMA_NAME: 'cr123_agent',
};
const fixedToken = {
  COPILOT_TENANT_ID: '',
  COPILOT_CLIENT_ID: '',
  COPILOT_CLIENT_SECRET: '',
  COPILOT_ACCESS_TOKEN: secret,
};
const model = {
  AGENT_PROVIDER: 'openai-compatible',
  OPENAI_BASE_URL: `http://127.0.0.1:11434/${secret}`,
  OPENAI_API_KEY: secret,
  OPENAI_MODEL: 'llama3.2',
};

const create = (env: Record<string, string>) => createAgent(settings(env).agent, new ManualClock());

describe('the agent that the settings choose', () => {
  it.each([
    ['guided', {}],
    ['copilot-studio', copilot],
    ['copilot-studio', byName],
    ['copilot-studio', { ...byName, COPILOT_AGENT_TYPE: 'Prebuilt', COPILOT_CLOUD: 'DoD' }],
    ['copilot-studio', { ...copilot, ...fixedToken }],
    ['openai-compatible', model],
  ] as const)('is %s for %j', async (name, env) => {
    expect((await create(env)).name).toBe(name);
  });

  it.each(['Prod', 'FirstRelease', 'Gov', 'GovFR', 'High', 'DoD', 'Mooncake', 'Local', 'Preprod'])(
    'may be in the cloud %s',
    async (COPILOT_CLOUD) => {
      expect((await create({ ...byName, COPILOT_CLOUD })).name).toBe('copilot-studio');
    },
  );
});

describe("the agent's description for a person", () => {
  it.each([
    [{}, ['guided, built in']],
    [
      copilot,
      [
        'copilot-studio, at https://agents.example.com:8443',
        'asked in the name of the application 66666666-7777-8888-9999-000000000000',
      ],
    ],
    [
      { ...byName, COPILOT_TOKEN_MODE: 'on-behalf-of', COPILOT_CLOUD: 'Gov' },
      [
        'copilot-studio, cr123_agent in the environment Default-11111111-2222-3333-4444-555555555555 (Gov)',
        "asked in each caller's name, through the application 66666666-7777-8888-9999-000000000000",
      ],
    ],
    [
      { ...copilot, ...fixedToken },
      [
        'copilot-studio, at https://agents.example.com:8443',
        'asked with one token for all callers (COPILOT_ACCESS_TOKEN)',
      ],
    ],
    [model, ['openai-compatible, the model llama3.2 at http://127.0.0.1:11434']],
  ])('%#: names which one and in whose name, and no secret', (env, lines) => {
    expect(describeAgent(settings(env).agent)).toEqual(lines);
    expect(lines.join()).not.toContain(secret);
  });
});
