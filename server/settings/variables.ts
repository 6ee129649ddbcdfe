import { z } from 'zod';
import { agentVariables } from './agent-variables.ts';
import {
  durationMs,
  hosts,
  httpUrl,
  matching,
  origins,
  pemFile,
  redisUrl,
  redisUrls,
  secrets,
  wholeNumber,
  word,
} from './values.ts';

/**
 * Every environment variable that the server reads: what it may be, its default (as it would be written in the
 * environment) and its meaning. Durations carry their unit in the name.
 */
export const variables = z.object({
  NODE_ENV: word(['development', 'test', 'production'])
    .prefault('development')
    .describe('`production` demands what a production needs: a REDIS_URL and real authentication'),
  PORT: wholeNumber(0, 65_535).prefault('3000').describe('Where the server listens; 0 takes any free port'),
  HOST: matching(/^[A-Za-z0-9._:-]+$/, 'must be a host name or an IP address')
    .prefault('127.0.0.1')
    .describe('The address that the server listens on'),
  PUBLIC_URL: httpUrl
    .optional()
    .describe(
      "The server's address as browsers and clients write it, where that is not HOST: `https://chat.example.com`. Requests " +
        'for other hosts are refused',
    ),
  REDIS_URL: redisUrl
    .optional()
    .describe(
      '`redis://`, or `rediss://` for TLS; a comma-separated list means Cluster, `redis+sentinel://` Sentinel. Unset: ' +
        'the server starts a Redis of its own, except in production',
    ),
  REDIS_SENTINEL_USERNAME: z
    .string()
    .optional()
    .describe("The sentinels' own ACL user, where they ask for one"),
  REDIS_SENTINEL_PASSWORD: z
    .string()
    .optional()
    .describe("The sentinels' own password, where they ask for one"),
  REDIS_TLS_CA_FILE: pemFile
    .optional()
    .describe(
      "The authority that signed the certificates of Redis (PEM); by default the system's authorities",
    ),
  REDIS_TLS_CERT_FILE: pemFile
    .optional()
    .describe('The certificate that the server shows to Redis (PEM), where Redis asks for one'),
  REDIS_TLS_KEY_FILE: pemFile.optional().describe('The private key of that certificate (PEM)'),
  REDIS_LOCK_URLS: redisUrls
    .optional()
    .describe(
      'Comma-separated URLs of an odd number of independent Redis masters, at least 3: leases then need a majority of them',
    ),
  REDIS_WAIT_REPLICAS: wholeNumber(0, 100)
    .prefault('0')
    .describe('How many replicas must have a turn before it is acknowledged'),
  REDIS_PREFIX: matching(
    /^[A-Za-z0-9_.-]{1,32}$/,
    'must be 1 to 32 letters, digits, underscores, dots or hyphens',
  )
    .prefault('tk')
    .describe('What every Redis key starts with'),
  DIGEST_SECRET: secrets(32)
    .optional()
    .describe(
      'At least 32 random characters that all servers share: what users said is kept as a digest keyed with it, to know a ' +
        'repeated turn by. Several by comma while you change it: the first is used, the others are still compared with',
    ),
  REDIS_COMMAND_TIMEOUT_MS: durationMs(1)
    .prefault('500')
    .describe('How long one Redis command may take; a hung Redis is an unavailable one'),
  WORKFLOW_TTL_SECONDS: wholeNumber(1, 2_147_483_647)
    .prefault('86400')
    .describe('How long a conversation is kept after its last interaction'),
  WORKFLOWS_DIR: z
    .string()
    .optional()
    .describe('The folder of workflow definitions; by default the shipped ones'),
  ...agentVariables,
  AUTH_MODE: word(['dev'])
    .prefault('dev')
    .describe('`dev` believes the x-dev-user and x-dev-tenant headers: loopback only, never in production'),
  LOG_LEVEL: word(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .prefault('info')
    .describe('The least severe log lines that are written'),
  CORS_ORIGINS: origins
    .optional()
    .describe(
      'Comma-separated origins of other pages and apps that may call the server from a browser (`capacitor://localhost`); ' +
        'by default none',
    ),
  AUTH_TIMEOUT_MS: durationMs(1)
    .prefault('5000')
    .describe('How long it may take to tell who calls; then the call fails with AUTHENTICATION_UNAVAILABLE'),
  SHOW_ERROR_CAUSES: word(['true', 'false'])
    .prefault('false')
    .describe(
      '`true` shows the stacks and causes of errors to callers: for development, never in production',
    ),
  IMAGE_HOSTS: hosts
    .optional()
    .describe(
      'Comma-separated hosts (`images.example.com`, `*.example.com`) that the chat page loads pictures of an answer from; ' +
        'any other picture is a link that names its host',
    ),
  TURN_TIMEOUT_MS: durationMs(1)
    .prefault('30000')
    .describe("The agent's part of a turn; then the turn fails with AGENT_TIMEOUT"),
  LOCK_TTL_MS: durationMs(1000)
    .prefault('10000')
    .describe("How long a crashed server's lease keeps a conversation locked; a living one extends it"),
  TURN_WAIT_MAX_MS: durationMs(0)
    .prefault('10000')
    .describe('The longest that a call waits for others of its conversation (`whenBusy`)'),
  SHUTDOWN_GRACE_MS: durationMs(0)
    .prefault('35000')
    .describe('How long running turns may take to finish after SIGTERM'),
  CONTEXT_MAX_CHARS: wholeNumber(1000, 1_000_000)
    .prefault('6000')
    .describe("The longest preamble of the agent's query; the user's words don't count and are never cut"),
  MAX_BODY_BYTES: wholeNumber(1024, 1_000_000_000).prefault('262144').describe('The largest request body'),
  HTTP_KEEP_ALIVE_MS: durationMs(1_000)
    .prefault('75000')
    .describe(
      'How long an idle connection is kept open: longer than a load balancer in front keeps it, or it sends requests into closed ones',
    ),
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000)
    .prefault('10000')
    .describe('Connections that the server has open at once; more are closed unanswered'),
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
      'How long a watcher may take nothing in before its connection is closed; it comes back and resumes',
    ),
  TRANSCRIPT_MAX_TURNS: wholeNumber(1, 1_000_000)
    .prefault('500')
    .describe("Turns that a conversation's transcript keeps; older ones are dropped"),
  TURNKEEPER_DATA_DIR: z
    .string()
    .prefault('.data')
    .describe("Where the server's own Redis keeps its data, when REDIS_URL is unset"),
});
