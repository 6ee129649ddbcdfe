import { parseEnvironment } from '../../server/settings/read-environment.ts';
import type { Settings } from '../../server/settings/read-environment.ts';
import { createLogger } from '../../server/observability/create-logger.ts';
import type { Agent } from '../../server/orchestrator/ports/agent.ts';
import { parseRedisUrl } from '../../server/redis/connection/parse-redis-url.ts';
import { runServer } from '../../server/serve.ts';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';

interface LocalServer extends AsyncDisposable {
  readonly url: string;
}

interface LocalServerOptions {
  readonly definitions: readonly WorkflowDefinition[];
  readonly redisUrl: string;
  /** Prefix of its Redis keys, which separates its conversations from those of other servers. */
  readonly redisPrefix: string;
  /** @default the guided agent */
  readonly agent?: Agent;
}

/**
 * Starts a whole server in this process, on a free loopback port.
 * @throws Error if it can't reach its Redis
 */
export async function localServer(options: LocalServerOptions): Promise<LocalServer> {
  const { definitions, redisUrl, redisPrefix, agent } = options;
  const settings = settingsFrom({ PORT: '0', REDIS_PREFIX: redisPrefix });
  const server = await runServer({
    settings,
    definitions,
    redis: parseRedisUrl(redisUrl),
    logger: createLogger({ level: 'silent', isPretty: false }),
    ...(agent === undefined ? {} : { agent }),
  });
  if (server.store.trouble !== null) {
    await server.stop();
    throw new Error(
      `Redis can't be reached (${server.store.trouble}). ` +
        "Check REDIS_URL, or unset it to use a Redis of the tool's own.",
    );
  }
  return { url: server.url, [Symbol.asyncDispose]: () => server.stop() };
}

function settingsFrom(environment: Readonly<Record<string, string | undefined>>): Settings {
  const parsed = parseEnvironment(environment);
  if (parsed.ok) return parsed.settings;
  throw new Error(parsed.faults.map(({ name, message }) => `${name} ${message}`).join('\n'));
}
