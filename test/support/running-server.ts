import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { inject } from 'vitest';
import { parseEnvironment } from '../../server/settings/read-environment.ts';
import type { Authenticator } from '../../server/orchestrator/ports/authenticator.ts';
import type { Clock } from '../../server/orchestrator/ports/clock.ts';
import type { ReloadedWorkflows } from '../../server/orchestrator/ports/current-workflows.ts';
import { parseStandaloneUrl } from '../../server/redis/connection/parse-redis-url.ts';
import { runServer } from '../../server/serve.ts';
import { ScriptedAgent } from '../../server/testing/index.ts';
import type { Agent } from '../../server/testing/index.ts';
import type { WorkflowDefinition } from '../../workflows/definition/index.ts';
import { survey, travel } from '../redis/contract/sample-workflows.ts';
import { patientCommandMs } from './time.ts';

interface ServerUnderTest {
  readonly definitions?: readonly WorkflowDefinition[];
  /** Replaces the definitions, as `turnkeeper dev` does. */
  readonly reloaded?: ReloadedWorkflows;
  readonly agent?: Agent;
  readonly authenticator?: Authenticator;
  /** @default the machine's */
  readonly clock?: Clock;
  /** Environment variables, in addition to a test server's own: any free port, the run's Redis, a prefix of its own. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default the shipped page, built or not */
  readonly chatDir?: string;
}

/** Starts a whole server in this process, over real HTTP, and keeps its parsed log lines; use with `await using`. */
export async function startTestServer({
  definitions = [travel, survey],
  reloaded,
  agent,
  authenticator,
  clock,
  env = {},
  chatDir,
}: ServerUnderTest = {}) {
  const parsed = parseEnvironment({
    PORT: '0',
    REDIS_URL: inject('redisUrl'),
    REDIS_PREFIX: `t-${randomUUID().slice(0, 8)}`,
    LOG_LEVEL: 'debug',
    REDIS_COMMAND_TIMEOUT_MS: String(patientCommandMs),
    ...env,
  });
  if (!parsed.ok) throw new Error(parsed.faults.map(({ name, message }) => `${name} ${message}`).join('\n'));
  const { settings } = parsed;
  const logLines: string[] = [];
  const logger = pino({ level: settings.logLevel }, { write: (line: string) => void logLines.push(line) });
  const scripted = new ScriptedAgent();
  const server = await runServer({
    settings,
    definitions,
    logger,
    redis: settings.redis ?? parseStandaloneUrl(inject('redisUrl')),
    agent: agent ?? scripted,
    ...(reloaded === undefined ? {} : { reloaded }),
    ...(authenticator === undefined ? {} : { authenticator }),
    ...(clock === undefined ? {} : { clock }),
    ...(chatDir === undefined ? {} : { chatDir }),
  });
  return {
    ...server,
    settings,
    /** The agent that answers unless the test passed its own. */
    agent: scripted,
    logLines,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
