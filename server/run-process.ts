/**
 * A server as a process: `turnkeeper start` and `turnkeeper dev` run it.
 *
 * The job: read the environment and the definitions, start a Redis where none is given and the server on it, and stop all
 * of them on a signal. The boundary: `serve.ts` is the server; here are the process's output, signals and exit.
 */
import { formatFaults, loadDefinitions } from './definitions/load-definitions.ts';
import { startEmbeddedRedis } from './embedded-redis/embedded-redis.ts';
import type { EmbeddedRedis } from './embedded-redis/embedded-redis.ts';
import { ownSecret } from './embedded-redis/own-secret.ts';
import { parseEnvironment } from './settings/read-environment.ts';
import type { Environment, Settings } from './settings/read-environment.ts';
import { mistypedVariables } from './settings/mistyped-variables.ts';
import { createLogger } from './observability/create-logger.ts';
import { parseStandaloneUrl } from './redis/connection/parse-redis-url.ts';
import { runServer } from './serve.ts';
import type { RunningServer, ServerOptions } from './serve.ts';
import { describeStart } from './start-message.ts';
import type { Start } from './start-message.ts';

/** The definitions that a process begins with. */
interface ProcessDefinitions extends Pick<ServerOptions, 'definitions' | 'reloaded'> {
  /** For the message at the start. */
  readonly shown: Start['workflows'];
}

interface ProcessOptions {
  /** @default the process's */
  readonly environment?: Environment;
  /**
   * Opens the definitions in a folder.
   * @default loads them, once
   * @throws Error that says what is wrong with them
   */
  readonly openDefinitions?: (dir: string) => Promise<ProcessDefinitions>;
}

/** The parts that are started so far: the process stops them when it ends. */
interface Started {
  embedded: EmbeddedRedis | null;
  server: RunningServer | null;
}

/**
 * Starts the server; it stops on a signal.
 * @throws Error with a message for people that says why it can't start
 */
export async function runProcess({
  environment = process.env,
  openDefinitions = loadOnce,
}: ProcessOptions = {}): Promise<void> {
  surviveUnreadOutput();
  const settings = readSettings(environment);
  const { shown, ...definitions } = await openDefinitions(settings.workflowsDir);
  const started: Started = { embedded: null, server: null };
  // First: a signal during the start must not leave a redis-server behind.
  stopOnSignals(started);
  if (settings.redis === null) {
    started.embedded = await startEmbeddedRedis({ dataDir: settings.dataDir, report: console.error });
  }
  const { embedded } = started;
  const server = await startServer(settings, definitions, embedded).catch(async (error: unknown) => {
    await embedded?.stop();
    throw error;
  });
  started.server = server;
  console.log(describeStart({ server, workflows: shown, embedded, settings }));
}

function readSettings(environment: Environment): Settings {
  for (const { name, meant } of mistypedVariables(environment))
    console.error(`${name} is not a variable of this server and is ignored: did you mean ${meant}?`);
  const parsed = parseEnvironment(environment);
  if (parsed.ok) return parsed.settings;
  const lines = parsed.faults.map(({ name, message }) => `  ${name} ${message}`);
  throw new Error(['The environment has faults:', ...lines].join('\n'));
}

async function loadOnce(dir: string): Promise<ProcessDefinitions> {
  const loaded = await loadDefinitions(dir);
  if (loaded.ok) return { definitions: loaded.definitions, shown: loaded.definitions };
  throw new Error(`The workflow definitions have faults:\n${formatFaults(loaded.faults)}`);
}

async function startServer(
  settings: Settings,
  definitions: Omit<ProcessDefinitions, 'shown'>,
  embedded: EmbeddedRedis | null,
): Promise<RunningServer> {
  const redis = settings.redis ?? (embedded === null ? null : parseStandaloneUrl(embedded.url));
  if (redis === null) throw new Error('There is no Redis to keep conversations in: set REDIS_URL.');
  const isPretty = process.stdout.isTTY && !settings.isProduction;
  const logger = createLogger({ level: settings.logLevel, isPretty });
  try {
    // The secret is a file beside the server's own Redis, not in it: digests are protected without a setting.
    const ownDigestSecret = embedded === null ? null : await ownSecret(settings.dataDir);
    return await runServer({ settings, ...definitions, redis, logger, ownDigestSecret });
  } catch (error) {
    if (!isAddressInUse(error)) throw error;
    const isOfMetrics = settings.metrics?.kind === 'own-port' && error.port === settings.metrics.port;
    throw new Error(
      `Port ${error.port} of ${settings.host} is taken. Stop the program that listens there, or set ${isOfMetrics ? 'METRICS_PORT' : 'PORT'} to another one.`,
      { cause: error },
    );
  }
}

function isAddressInUse(error: unknown): error is Error & { readonly port: number } {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' && 'port' in error;
}

/**
 * The first signal lets running turns finish; a second one ends them. SIGHUP never does: closing a terminal or a
 * session sends it once or twice.
 */
function stopOnSignals(started: Started): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) {
      if (signal !== 'SIGHUP') process.exit(1);
      return;
    }
    isStopping = true;
    console.log('Stopping: no new turns, running ones may finish. Press Ctrl-C again to stop at once.');
    void stopAll(started).then(() => {
      console.log('Stopped.');
      process.exit(0);
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
}

/**
 * The server outlives the reader of its output (`npm start | head`, a closed terminal): turns are running, and its own
 * Redis would be left behind.
 */
function surviveUnreadOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

async function stopAll({ server, embedded }: Started): Promise<void> {
  await server?.stop();
  await embedded?.stop();
}
