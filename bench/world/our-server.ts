import { compose } from '../../server/compose.ts';
import { createLogger } from '../../server/observability/create-logger.ts';
import type { Agent } from '../../server/orchestrator/ports/agent.ts';
import { createAppRouter } from '../../server/router/app-router.ts';
import { createCallerFactory } from '../../server/router/procedure.ts';
import { runServer } from '../../server/serve.ts';
import { parseEnvironment } from '../../server/settings/read-environment.ts';
import { createBenchAgent, workflow } from './bench-agent.ts';

export interface OurServerOptions {
  readonly redisUrl: string;
  readonly redisPrefix: string;
  /** Variables of the server, in addition to those of every server of the bench. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default the agent without latency */
  readonly agent?: Agent;
}

/** A server of ours as production composes it, but without a log, and with an agent that has no latency. */
function compositionOf({ redisUrl, redisPrefix, env = {}, agent = createBenchAgent() }: OurServerOptions) {
  const parsed = parseEnvironment({
    PORT: '0',
    LOG_LEVEL: 'silent',
    REDIS_URL: redisUrl,
    REDIS_PREFIX: redisPrefix,
    // A machine that is busy with the load must not make calls fail.
    REDIS_COMMAND_TIMEOUT_MS: '30000',
    ...env,
  });
  if (!parsed.ok) throw new Error(parsed.faults.map(({ name, message }) => `${name} ${message}`).join('\n'));
  const { settings } = parsed;
  if (settings.redis === null) throw new Error('The bench brings the Redis.');
  return {
    settings,
    agent,
    definitions: [workflow],
    redis: settings.redis,
    logger: createLogger({ level: settings.logLevel, isPretty: false }),
  };
}

/** The server without HTTP: its ports, and the procedures as a caller in process has them. */
export async function openOurServer(options: OurServerOptions) {
  const { dependencies, firstConnection, close } = await compose(compositionOf(options));
  const { trouble } = await firstConnection;
  if (trouble !== null) throw new Error(`Redis can't be reached: ${trouble}`);
  const createCaller = createCallerFactory(createAppRouter());
  return {
    dependencies,
    callerOf: (identity: { readonly tenant: string; readonly user: string }) =>
      createCaller({
        dependencies,
        showsCauses: false,
        authentication: { kind: 'authenticated', identity, accessToken: null },
      }),
    close,
  };
}

/** The whole server, over HTTP. */
export function startOurServer(options: OurServerOptions) {
  return runServer(compositionOf(options));
}
