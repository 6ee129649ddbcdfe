import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { crossRules } from './cross-rules.ts';
import type { GivenVariables } from './cross-rules.ts';
import { durationMs, httpUrl, matching, origins, secrets, wholeNumber, word } from './values.ts';

const shippedWorkflowsDir = fileURLToPath(new URL('../../workflows', import.meta.url));

/** The process, its HTTP side, and the bounds of turns and watchers. */
export const coreVariables = {
  NODE_ENV: word(['development', 'test', 'production'])
    .prefault('development')
    .describe('`production` demands what a production needs: a REDIS_URL and real authentication'),
  PORT: wholeNumber(0, 65_535)
    .prefault('3000')
    .describe('The port that the server listens on; 0 takes any free port'),
  HOST: matching(/^[A-Za-z0-9._:-]+$/, 'must be a host name or an IP address')
    .prefault('127.0.0.1')
    .describe('The address that the server listens on'),
  PUBLIC_URL: httpUrl
    .optional()
    .describe(
      "The server's address as browsers and clients write it, where that is not HOST: `https://chat.example.com`. Requests " +
        'for other hosts are refused',
    ),
  WORKFLOWS_DIR: z
    .string()
    .optional()
    .describe('The folder of workflow definitions; by default the shipped ones'),
  LOG_LEVEL: word(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .prefault('info')
    .describe('The least severe log lines that are written'),
  METRICS_PORT: wholeNumber(0, 65_535)
    .optional()
    .describe(
      'The port of a listener of its own that serves Prometheus metrics at `/metrics` to anybody who reaches it; 0 takes any ' +
        'free port',
    ),
  METRICS_TOKEN: secrets(32)
    .optional()
    .describe(
      'At least 32 random characters: `/metrics` is then on PORT, for `Authorization: Bearer` with this token. Several by ' +
        'comma while you change it. With neither, there are no metrics',
    ),
  CORS_ORIGINS: origins
    .optional()
    .describe(
      'Comma-separated origins of other pages and apps that may call the server from a browser (`capacitor://localhost`); ' +
        'by default none',
    ),
  SHOW_ERROR_CAUSES: word(['true', 'false'])
    .prefault('false')
    .describe(
      '`true` shows the stacks and causes of errors to callers: for development, never in production',
    ),
  TURN_TIMEOUT_MS: durationMs(1)
    .prefault('30000')
    .describe("The agent's part of a turn; then the turn fails with AGENT_TIMEOUT"),
  TURN_WAIT_MAX_MS: durationMs(0)
    .prefault('10000')
    .describe('The longest that a call waits for others of its conversation (`whenBusy`)'),
  SHUTDOWN_DELAY_MS: durationMs(0)
    .prefault('0')
    .describe(
      'The time after SIGTERM in which the server still takes calls while `/readyz` fails: as long as a balancer that checks ' +
        '`/readyz` needs to notice',
    ),
  SHUTDOWN_GRACE_MS: durationMs(0)
    .prefault('35000')
    .describe('The time that running turns have to finish after SIGTERM and that delay'),
  CONTEXT_MAX_CHARS: wholeNumber(1000, 1_000_000)
    .prefault('6000')
    .describe("The longest preamble of the agent's query; the user's words don't count and are never cut"),
  MAX_BODY_BYTES: wholeNumber(1024, 1_000_000_000).prefault('262144').describe('The largest request body'),
  HTTP_KEEP_ALIVE_MS: durationMs(1_000)
    .prefault('75000')
    .describe(
      'The time that an idle connection is kept open. It must be longer than that of a load balancer in front, which would ' +
        'send requests into closed connections',
    ),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000)
    .prefault('10000')
    .describe('Connections that the server has open at once; more are closed without an answer'),
  MAX_TURNS_IN_FLIGHT: wholeNumber(1, 1_000_000)
    .prefault('256')
    .describe('Turns that one server runs at once; more are refused with OVERLOADED'),
  MAX_TURNS_WAITING: wholeNumber(0, 1_000_000)
    .prefault('1000')
    .describe(
      'Calls that wait on one server for others of their conversations (`whenBusy`); more are refused with OVERLOADED',
    ),
  MAX_TURNS_WAITING_PER_CONVERSATION: wholeNumber(0, 10_000)
    .prefault('8')
    .describe(
      'Calls that wait for one conversation, on all servers together; more are refused with TURN_IN_PROGRESS',
    ),
  MAX_WATCHERS: wholeNumber(0, 1_000_000)
    .prefault('1000')
    .describe('Watchers (`workflow.watch`) of one server; more are refused with OVERLOADED'),
  MAX_WATCHERS_PER_USER: wholeNumber(0, 1_000_000)
    .prefault('20')
    .describe("One user's watchers on one server; more are refused with OVERLOADED"),
  WATCH_STALL_MS: durationMs(6_000)
    .prefault('20000')
    .describe(
      'The time that a watcher may read nothing before its connection is closed; it reconnects and resumes',
    ),
};

const variables = z.object(coreVariables);

/** `coreVariables` with the names and units that the code uses. */
export const coreSettings = variables.check(crossRules(rules)).transform((values) => ({
  isProduction: values.NODE_ENV === 'production',
  port: values.PORT,
  host: values.HOST,
  /** Null: nobody knows the server by another name than its host's. */
  publicUrl: values.PUBLIC_URL ?? null,
  workflowsDir: values.WORKFLOWS_DIR ?? shippedWorkflowsDir,
  logLevel: values.LOG_LEVEL,
  /** Null: no metrics are counted, and none are served. */
  metrics: metricsOf(values),
  corsOrigins: values.CORS_ORIGINS ?? [],
  /** True: errors show their stack and cause. */
  showsErrorCauses: values.SHOW_ERROR_CAUSES === 'true',
  turnTimeoutMs: values.TURN_TIMEOUT_MS,
  turnWaitMaxMs: values.TURN_WAIT_MAX_MS,
  shutdownDelayMs: values.SHUTDOWN_DELAY_MS,
  shutdownGraceMs: values.SHUTDOWN_GRACE_MS,
  contextMaxChars: values.CONTEXT_MAX_CHARS,
  maxBodyBytes: values.MAX_BODY_BYTES,
  keepAliveMs: values.HTTP_KEEP_ALIVE_MS,
  maxConnections: values.MAX_CONNECTIONS,
  maxTurnsInFlight: values.MAX_TURNS_IN_FLIGHT,
  maxTurnsWaiting: values.MAX_TURNS_WAITING,
  maxTurnsWaitingPerConversation: values.MAX_TURNS_WAITING_PER_CONVERSATION,
  maxWatchers: values.MAX_WATCHERS,
  maxWatchersPerUser: values.MAX_WATCHERS_PER_USER,
  watchStallMs: values.WATCH_STALL_MS,
}));

/** The place where metrics are served. */
export type MetricsSettings =
  | { readonly kind: 'own-port'; readonly port: number }
  /** On the main port, for a bearer of one of these tokens. */
  | { readonly kind: 'token'; readonly tokens: readonly string[] };

type CoreValues = z.output<typeof variables>;

function metricsOf({ METRICS_PORT: port, METRICS_TOKEN: tokens }: CoreValues): MetricsSettings | null {
  if (port !== undefined) return { kind: 'own-port', port };
  return tokens === undefined ? null : { kind: 'token', tokens };
}

function rules({ valid, isSet, fault }: GivenVariables<CoreValues>): void {
  if (isSet('METRICS_PORT') && isSet('METRICS_TOKEN')) {
    fault('METRICS_TOKEN', 'must not be set together with METRICS_PORT, whose listener asks for no token');
  }
  if (valid.METRICS_PORT !== undefined && valid.METRICS_PORT !== 0 && valid.METRICS_PORT === valid.PORT) {
    fault('METRICS_PORT', 'must be another port than PORT: metrics there have a listener of their own');
  }
  if (valid.NODE_ENV === 'production' && valid.SHOW_ERROR_CAUSES === 'true') {
    fault(
      'SHOW_ERROR_CAUSES',
      'must not be true when NODE_ENV is production: causes and stacks tell callers about the server',
    );
  }
}
