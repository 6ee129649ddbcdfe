/**
 * Turnkeeper as a part of somebody else's program.
 *
 * The job: make a server of options, and offer it in four ways: listening by itself, mounted in an express application,
 * nested in a tRPC router, and called in process. The boundary: `serve.ts` and the rooms below it do the work; this one
 * reads options, and owns the Redis that it starts. It keeps that
 * - every way has the same conversations, gate, agent and observer, so one `close` ends all of them;
 * - nothing is read from the environment but NODE_ENV, and nothing is written to standard output, unless an option says so;
 * - no option can choose a store in memory (I6).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WorkflowDefinition } from '../../workflows/definition/define-workflow.ts';
import { startEmbeddedRedis } from '../embedded-redis/embedded-redis.ts';
import { ownSecret } from '../embedded-redis/own-secret.ts';
import { identifyCaller } from '../http/identify-caller.ts';
import { createLogger } from '../observability/create-logger.ts';
import type { EventLogger } from '../observability/pino-observer.ts';
import type { Authenticator } from '../orchestrator/ports/authenticator.ts';
import { parseStandaloneUrl } from '../redis/connection/parse-redis-url.ts';
import type { ApiRouter } from '../router/api.ts';
import { createWorkflowRouter } from '../router/app-router.ts';
import { procedureWith } from '../router/procedure.ts';
import type { RouterContext } from '../router/procedure.ts';
import { openServer } from '../serve.ts';
import type { OpenServer } from '../serve.ts';
import { systemClock } from '../system-clock.ts';
import { authenticated, authenticationOf, authenticatorOf } from './caller.ts';
import type { Caller } from './caller.ts';
import { authenticateContext } from './context-caller.ts';
import { onLoopbackOnly } from './on-loopback-only.ts';
import type { ContextWithHeaders, TurnkeeperOptions } from './options.ts';
import { readOptions, settingsAt } from './read-options.ts';
import type { CheckedOptions } from './read-options.ts';
import { workflowCallers } from './workflow-caller.ts';
import type { WorkflowCaller } from './workflow-caller.ts';

/**
 * The procedures of `workflow`, to nest in a tRPC router of one's own.
 *
 * @example
 * ```ts
 * const procedures: WorkflowRouter<typeof expenses, Context> = turnkeeper.router;
 * ```
 */
export type WorkflowRouter<Definition extends WorkflowDefinition, Context extends object> = ApiRouter<
  Definition,
  Context
>['workflow'];

/**
 * Where a server listens. What is left out is as in the options of `createTurnkeeper`.
 *
 * @example
 * ```ts
 * const address: ListenOptions = { port: 3000, host: '127.0.0.1' };
 * ```
 */
export interface ListenOptions {
  /** 0 takes any free port. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
}

/**
 * A server in your program: make it once with `createTurnkeeper`, use it in one way or in several, and close it.
 *
 * @example
 * ```ts
 * const turnkeeper: Turnkeeper<typeof expenses> = await createTurnkeeper({ workflows: [expenses] });
 * ```
 */
export interface Turnkeeper<
  Definition extends WorkflowDefinition = never,
  Context extends object = ContextWithHeaders,
> {
  /** The procedures, for your own tRPC router: nest them as `workflow`. */
  readonly router: WorkflowRouter<Definition, Context>;
  /**
   * Calls the API in process.
   * @throws Error for a caller without a valid tenant and user
   */
  readonly caller: (caller: Caller) => WorkflowCaller<Definition>;
  /**
   * The API, the chat page and the health checks, for `app.use('/assist', …)` in an express application. It answers
   * everything under its path.
   * @throws Error where `identify` is given, but not `authenticate`
   */
  readonly express: () => (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * Listens by itself, once.
   * @throws OptionsError for an address that the other options forbid
   * @throws Error where the port is taken, or `identify` is given, but not `authenticate`
   */
  readonly listen: (options?: ListenOptions) => Promise<{ readonly url: string }>;
  /**
   * Fails `/readyz`; after `shutdownDelayMs` refuses new turns, lets running ones finish within `shutdownGraceMs`, then
   * closes everything.
   */
  readonly close: () => Promise<void>;
}

/**
 * Makes a server in your program. It starts even if Redis can't be reached: calls fail with STATE_STORE_UNAVAILABLE until
 * it can.
 *
 * @throws OptionsError that lists every fault of the options and definitions
 * @throws Error where its own Redis can't be started; the message says what to do
 * @example
 * ```ts
 * const turnkeeper = await createTurnkeeper({
 *   workflows: [expenses],
 *   redis: process.env.REDIS_URL,
 *   authenticate: (headers) => (headers.get('x-user') === 'u1' ? { tenant: 'acme', user: 'u1' } : null),
 * });
 * const { url } = await turnkeeper.listen({ port: 3000 });
 * ```
 */
export async function createTurnkeeper<
  const Definition extends WorkflowDefinition = never,
  Context extends object = ContextWithHeaders,
>(options: TurnkeeperOptions<Definition, Context>): Promise<Turnkeeper<Definition, Context>> {
  const checked = await readOptions(options);
  const { settings } = checked;
  const { authenticate, identify } = options;
  const opened = await open(options, checked);
  const { server, authenticator } = opened;
  const contextFor = (authentication: RouterContext['authentication']): RouterContext => ({
    authentication,
    dependencies: server.dependencies,
    showsCauses: settings.showsErrorCauses,
  });
  const contextOf = async (context: unknown): Promise<RouterContext> => {
    const asked: Authenticator = {
      authenticate: async () =>
        // The router hands on whatever context the application makes: its type is the application's promise.
        identify === undefined
          ? authenticateContext(context, authenticator)
          : authenticationOf(await identify(context as Context)),
    };
    return contextFor(
      await identifyCaller(
        {},
        {
          authenticator: asked,
          clock: systemClock,
          timeoutMs: settings.authTimeoutMs,
          allowedTenants: settings.allowedTenants,
        },
      ),
    );
  };
  const callerFor = workflowCallers<Definition>();
  const requireAuthenticate = (use: string): void => {
    if (identify === undefined || authenticate !== undefined) return;
    throw new Error(`${use} needs authenticate: identify only says who calls through your own router.`);
  };
  let isListening = false;
  let closed: Promise<void> | null = null;
  return {
    router: createWorkflowRouter<Definition>(procedureWith(contextOf)) as unknown as WorkflowRouter<
      Definition,
      Context
    >,
    caller: (caller) => callerFor(contextFor(authenticated(caller))),
    express: () => {
      requireAuthenticate('express()');
      const believesHeaders = authenticate === undefined && settings.auth.mode === 'dev';
      return believesHeaders ? onLoopbackOnly(server.app()) : server.app();
    },
    listen: async (address = {}) => {
      requireAuthenticate('listen()');
      if (closed !== null) throw new Error('It is closed: call createTurnkeeper again.');
      if (isListening) throw new Error('It listens already: listen can be called once.');
      isListening = true;
      try {
        return { url: await listenAt(server, settingsAt(options, address)) };
      } catch (error) {
        isListening = false;
        throw error;
      }
    },
    close: () => (closed ??= opened.close()),
  };
}

interface Opened {
  readonly server: OpenServer;
  readonly authenticator: Authenticator;
  readonly close: () => Promise<void>;
}

/** Starts the Redis where there is none, and connects the server's parts to it. */
async function open<Context extends object>(
  options: TurnkeeperOptions<WorkflowDefinition, Context>,
  { settings, definitions, agent }: CheckedOptions,
): Promise<Opened> {
  const { authenticate, observer, logger: log } = options;
  const logger: EventLogger =
    typeof log === 'object' ? log : createLogger({ level: settings.logLevel, isPretty: false });
  const report = (message: string): void => logger.warn({ event: 'embedded-redis' }, message);
  const embedded =
    settings.redis === null ? await startEmbeddedRedis({ dataDir: settings.dataDir, report }) : null;
  try {
    const redis = settings.redis ?? (embedded === null ? null : parseStandaloneUrl(embedded.url));
    if (redis === null) throw new Error('There is no Redis to keep conversations in: give redis.');
    const server = await openServer({
      settings,
      definitions,
      redis,
      logger,
      ownDigestSecret: embedded === null ? null : await ownSecret(settings.dataDir),
      ...(agent === undefined ? {} : { agent }),
      ...(observer === undefined ? {} : { observer }),
      ...(authenticate === undefined ? {} : { authenticator: authenticatorOf(authenticate) }),
    });
    await server.firstConnection;
    const close = async (): Promise<void> => {
      await server.close();
      await embedded?.stop();
    };
    return { server, authenticator: server.authenticator, close };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function listenAt(server: OpenServer, settings: CheckedOptions['settings']): Promise<string> {
  try {
    return (await server.listen(settings)).url;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new Error(
      `Port ${settings.port} of ${settings.host} is taken. Stop the program that listens there, or give listen another port.`,
      { cause: error },
    );
  }
}
