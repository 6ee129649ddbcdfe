import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import {
  isSameEndpoint,
  parseRedisUrl,
  parseStandaloneUrl,
  splitRedisUrls,
} from '../redis/connection/parse-redis-url.ts';
import type { RedisEndpoint, RedisTarget } from '../redis/connection/redis-target.ts';
import { coreVariables } from './core.ts';
import { crossRules } from './cross-rules.ts';
import type { GivenVariables } from './cross-rules.ts';
import { durationMs, fileBytes, matching, readOrFault, secrets, wholeNumber } from './values.ts';

/** One Redis, the nodes of a Cluster, or a primary behind Sentinel. */
const redisUrl = z.string().transform((value, context) => readOrFault(context, () => parseRedisUrl(value)));

/** A list of Redis servers, each on its own. */
const redisUrls = z
  .string()
  .transform((list, context) =>
    readOrFault(context, () => splitRedisUrls(list).map((url) => parseStandaloneUrl(url))),
  );

/** The text of a file in PEM form. The path is the value, so that no secret stands in the environment. */
const pemFile = z.string().transform((path, context) => readOrFault(context, () => readPem(path)));

/** The Redis that keeps conversations, the masters that grant leases, and how long both keep things. */
export const redisVariables = {
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
    .describe('The number of replicas that must have a turn before it is acknowledged'),
  REDIS_PREFIX: matching(
    /^[A-Za-z0-9_.-]{1,32}$/,
    'must be 1 to 32 letters, digits, underscores, dots or hyphens',
  )
    .prefault('tk')
    .describe('The prefix of every Redis key'),
  REDIS_COMMAND_TIMEOUT_MS: durationMs(1)
    .prefault('500')
    .describe('The time that one Redis command may take; a Redis that hangs counts as unavailable'),
  DIGEST_SECRET: secrets(32)
    .optional()
    .describe(
      'At least 32 random characters that all servers share. The server stores what users said only as a digest keyed with ' +
        'it, to recognize a repeated turn. Several by comma while you change it: the first makes new digests, the others ' +
        'are still compared with',
    ),
  WORKFLOW_TTL_SECONDS: wholeNumber(1, 2_147_483_647)
    .prefault('86400')
    .describe('The time that a conversation is kept after its last interaction'),
  TRANSCRIPT_MAX_TURNS: wholeNumber(1, 1_000_000)
    .prefault('500')
    .describe("Turns that a conversation's transcript keeps; older ones are dropped"),
  LOCK_TTL_MS: durationMs(1000)
    .prefault('10000')
    .describe(
      'The time that the lease of a crashed server keeps a conversation locked; a running one extends it',
    ),
  TURNKEEPER_DATA_DIR: z
    .string()
    .prefault('.data')
    .describe("The folder in which the server's own Redis keeps its data, when REDIS_URL is unset"),
};

const variables = z.object({ ...redisVariables, NODE_ENV: coreVariables.NODE_ENV });
type RedisValues = z.output<typeof variables>;
type GivenRedisValues = GivenVariables<RedisValues>;

/** `redisVariables` with the names and units that the code uses. */
export const redisSettings = variables.check(crossRules(rules)).transform((values) => ({
  /** Null: the server starts a Redis of its own. */
  redis: values.REDIS_URL === undefined ? null : redisOf(values.REDIS_URL, values),
  /** Empty: the Redis that keeps the state grants the leases, alone. */
  redisLockMasters: (values.REDIS_LOCK_URLS ?? []).map((master) => withTls(master, values)),
  redisWaitReplicas: values.REDIS_WAIT_REPLICAS,
  redisPrefix: values.REDIS_PREFIX,
  redisCommandTimeoutMs: values.REDIS_COMMAND_TIMEOUT_MS,
  /** The first makes new digests of inputs, any of them compares; empty where none is set. */
  digestSecrets: values.DIGEST_SECRET ?? [],
  workflowTtlSeconds: values.WORKFLOW_TTL_SECONDS,
  transcriptMaxTurns: values.TRANSCRIPT_MAX_TURNS,
  lockTtlMs: values.LOCK_TTL_MS,
  dataDir: values.TURNKEEPER_DATA_DIR,
}));

function redisOf(target: RedisTarget, values: RedisValues): RedisTarget {
  const secured = withTls(target, values);
  if (secured.kind !== 'sentinel') return secured;
  const username = values.REDIS_SENTINEL_USERNAME ?? null;
  return { ...secured, sentinelCredentials: { username, password: values.REDIS_SENTINEL_PASSWORD ?? null } };
}

function withTls<Target extends RedisTarget>(target: Target, values: RedisValues): Target {
  if (target.tls === null) return target;
  const { REDIS_TLS_CA_FILE: ca, REDIS_TLS_CERT_FILE: cert, REDIS_TLS_KEY_FILE: key } = values;
  return { ...target, tls: { ca: ca ?? null, cert: cert ?? null, key: key ?? null } };
}

function rules(given: GivenRedisValues): void {
  const { valid, isSet, fault } = given;
  if (valid.NODE_ENV === 'production' && !isSet('REDIS_URL')) {
    fault('REDIS_URL', "must be set when NODE_ENV is production: the server's own Redis is for development");
  }
  sentinelRules(given);
  tlsRules(given);
  lockMasterRules(given);
  if (!isSet('REDIS_URL') && (valid.REDIS_WAIT_REPLICAS ?? 0) > 0) {
    fault('REDIS_WAIT_REPLICAS', "must be 0 while REDIS_URL is unset: the server's own Redis has no replica");
  }
}

function sentinelRules({ valid, isSet, fault }: GivenRedisValues): void {
  const isInvalid = isSet('REDIS_URL') && valid.REDIS_URL === undefined;
  if (!isInvalid && valid.REDIS_URL?.kind !== 'sentinel') {
    for (const name of ['REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD'] as const) {
      if (isSet(name))
        fault(
          name,
          'must only be set where REDIS_URL begins with redis+sentinel://: it is for the sentinels',
        );
    }
  }
  if (isSet('REDIS_SENTINEL_USERNAME') && !isSet('REDIS_SENTINEL_PASSWORD')) {
    fault('REDIS_SENTINEL_USERNAME', 'must come with REDIS_SENTINEL_PASSWORD');
  }
}

function tlsRules({ valid, isSet, fault }: GivenRedisValues): void {
  const urls = ['REDIS_URL', 'REDIS_LOCK_URLS'] as const;
  const isAnyInvalid = urls.some((name) => isSet(name) && valid[name] === undefined);
  const targets = [valid.REDIS_URL, ...(valid.REDIS_LOCK_URLS ?? [])];
  if (!isAnyInvalid && targets.every((target) => (target?.tls ?? null) === null)) {
    for (const name of ['REDIS_TLS_CA_FILE', 'REDIS_TLS_CERT_FILE', 'REDIS_TLS_KEY_FILE'] as const) {
      if (isSet(name))
        fault(name, 'must only be set where a URL of Redis begins with rediss: nothing else speaks TLS');
    }
  }
  for (const [one, other] of [
    ['REDIS_TLS_CERT_FILE', 'REDIS_TLS_KEY_FILE'],
    ['REDIS_TLS_KEY_FILE', 'REDIS_TLS_CERT_FILE'],
  ] as const) {
    if (isSet(one) && !isSet(other)) fault(one, `must come with ${other}: a certificate and its private key`);
  }
  const { REDIS_TLS_CERT_FILE: cert, REDIS_TLS_KEY_FILE: key } = valid;
  if (cert !== undefined && key !== undefined && !isKeyPair(cert, key)) {
    fault(
      'REDIS_TLS_KEY_FILE',
      'must be the private key, unencrypted, of the certificate in REDIS_TLS_CERT_FILE',
    );
  }
}

function isKeyPair(cert: string, key: string): boolean {
  try {
    createSecureContext({ cert, key });
    return true;
  } catch {
    return false;
  }
}

const fewestLockMasters = 3;

function lockMasterRules({ valid, fault }: GivenRedisValues): void {
  const masters = (valid.REDIS_LOCK_URLS ?? []).map(({ endpoint }) => endpoint);
  const stateEndpoints = valid.REDIS_URL === undefined ? [] : endpointsOf(valid.REDIS_URL);
  if (masters.length > 0 && (masters.length < fewestLockMasters || masters.length % 2 === 0)) {
    fault(
      'REDIS_LOCK_URLS',
      `must list an odd number of masters, at least ${fewestLockMasters}: a majority of them must be left when some are down; it lists ${masters.length}`,
    );
  }
  if (masters.some((master, index) => masters.findIndex((other) => isSameEndpoint(master, other)) < index)) {
    fault('REDIS_LOCK_URLS', 'must list each master once: two votes of one Redis are no quorum');
  }
  if (masters.some((master) => stateEndpoints.some((endpoint) => isSameEndpoint(master, endpoint)))) {
    fault(
      'REDIS_LOCK_URLS',
      'must not list the Redis of REDIS_URL: the masters are there for when that one fails over',
    );
  }
}

/** The endpoints that a URL names. A URL of sentinels does not name the primary's. */
function endpointsOf(target: RedisTarget): readonly RedisEndpoint[] {
  switch (target.kind) {
    case 'standalone':
      return [target.endpoint];
    case 'cluster':
      return target.nodes;
    case 'sentinel':
      return [];
  }
}

function readPem(path: string): string {
  const text = fileBytes(path).toString('utf8');
  if (!text.includes('-----BEGIN '))
    throw new Error('must name a file in PEM form, which begins with -----BEGIN');
  return text;
}
