import { describe, expect, it } from 'vitest';
import { describeEnvironment } from '../../../server/settings/read-environment.ts';
import { mistypedVariables } from '../../../server/settings/mistyped-variables.ts';

describe('a variable that is nearly one of the server’s', () => {
  it.each([
    ['WORKFLOW_DIR', 'WORKFLOWS_DIR'],
    ['TURN_TIMEOUT', 'TURN_TIMEOUT_MS'],
    ['TURN_TIMEOUT_SECONDS', 'TURN_TIMEOUT_MS'],
    ['WORKFLOW_TTL', 'WORKFLOW_TTL_SECONDS'],
    ['LOCK_TTL', 'LOCK_TTL_MS'],
    ['SHUTDOWN_GRACE', 'SHUTDOWN_GRACE_MS'],
    ['REDIS_COMMAND_TIMEOUT', 'REDIS_COMMAND_TIMEOUT_MS'],
    ['REDIS_URI', 'REDIS_URL'],
    ['redis_url', 'REDIS_URL'],
    ['REDISURL', 'REDIS_URL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['AGENT_PROVIDR', 'AGENT_PROVIDER'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['OPENAI_APIKEY', 'OPENAI_API_KEY'],
    ['REDIS_TLS_CA', 'REDIS_TLS_CA_FILE'],
    ['MAX_BODY', 'MAX_BODY_BYTES'],
  ])('%s is told as %s', (name, meant) => {
    expect(mistypedVariables({ [name]: 'secret-value' })).toEqual([{ name, meant }]);
  });

  it('is none that the server reads', () => {
    const env = Object.fromEntries(describeEnvironment().map(({ name }) => [name, 'x']));
    expect(mistypedVariables(env)).toEqual([]);
  });

  it.each([
    'PATH HOME HOSTNAME HOSTTYPE USER SHELL LANG TERM PWD TMPDIR EDITOR MAIL LOGNAME',
    'NODE_OPTIONS NODE_PATH NODE_VERSION NPM_TOKEN npm_config_loglevel npm_package_version npm_lifecycle_event INIT_CWD',
    'REDIS_HOST REDIS_PORT REDIS_PASSWORD REDIS_SERVICE_HOST REDIS_SERVICE_PORT REDIS_PORT_6379_TCP REDIS_TLS_URL',
    'OPENAI_ORG_ID OPENAI_ORGANIZATION OPENAI_PROJECT_ID AZURE_CLIENT_ID AZURE_TENANT_ID AZURE_CLIENT_SECRET',
    'KUBERNETES_SERVICE_HOST DATABASE_URL HTTP_PROXY https_proxy NO_PROXY CI DEBUG FORCE_COLOR PORTS HOSTS TZ',
  ])('is none of those that machines have anyway: %s', (names) => {
    expect(mistypedVariables(Object.fromEntries(names.split(' ').map((name) => [name, 'x'])))).toEqual([]);
  });
});
