import { createSecureContext } from 'node:tls';
import { isSameEndpoint } from '../redis/connection/parse-redis-url.ts';
import type { RedisEndpoint, RedisTarget } from '../redis/connection/redis-target.ts';
import type { Environment, EnvironmentFault } from './fault.ts';
import { variables } from './variables.ts';

type Variable = keyof typeof variables.shape;

const fewestLockMasters = 3;
const sentinelLogin = ['REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD'] as const;
const tlsFiles = ['REDIS_TLS_CA_FILE', 'REDIS_TLS_CERT_FILE', 'REDIS_TLS_KEY_FILE'] as const;

/** What the variables about Redis say against each other. What is wrong with one alone is told elsewhere. */
export function redisFaults(given: Environment): EnvironmentFault[] {
  return [...sentinelFaults(given), ...tlsFaults(given), ...lockMasterFaults(given), ...replicaFaults(given)];
}

function sentinelFaults(given: Environment): EnvironmentFault[] {
  const { REDIS_URL } = variables.shape;
  const target = REDIS_URL.safeParse(given['REDIS_URL']);
  const isUnused = target.success && target.data?.kind !== 'sentinel';
  const unused = sentinelLogin.filter((name) => isUnused && given[name] !== undefined);
  const isPasswordMissing = given[sentinelLogin[0]] !== undefined && given[sentinelLogin[1]] === undefined;
  return [
    ...unused.map((name) =>
      fault(name, 'must only be set where REDIS_URL begins with redis+sentinel://: it is for the sentinels'),
    ),
    ...(isPasswordMissing ? [fault(sentinelLogin[0], `must come with ${sentinelLogin[1]}`)] : []),
  ];
}

function tlsFaults(given: Environment): EnvironmentFault[] {
  const state = variables.shape.REDIS_URL.safeParse(given['REDIS_URL']);
  const masters = variables.shape.REDIS_LOCK_URLS.safeParse(given['REDIS_LOCK_URLS']);
  const targets = [state.data, ...(masters.data ?? [])];
  const isUnused =
    state.success && masters.success && targets.every((target) => (target?.tls ?? null) === null);
  const [, cert, key] = tlsFiles;
  const unpaired = (
    [
      [cert, key],
      [key, cert],
    ] as const
  ).filter(([one, other]) => given[one] !== undefined && given[other] === undefined);
  return [
    ...tlsFiles
      .filter((name) => isUnused && given[name] !== undefined)
      .map((name) =>
        fault(name, 'must only be set where a URL of Redis begins with rediss: nothing else speaks TLS'),
      ),
    ...unpaired.map(([one, other]) =>
      fault(one, `must come with ${other}: a certificate and its private key`),
    ),
    ...pairFaults(given),
  ];
}

function pairFaults(given: Environment): EnvironmentFault[] {
  const cert = variables.shape.REDIS_TLS_CERT_FILE.safeParse(given['REDIS_TLS_CERT_FILE']).data;
  const key = variables.shape.REDIS_TLS_KEY_FILE.safeParse(given['REDIS_TLS_KEY_FILE']).data;
  if (cert === undefined || key === undefined) return [];
  try {
    createSecureContext({ cert, key });
    return [];
  } catch {
    return [
      fault(
        'REDIS_TLS_KEY_FILE',
        'must be the private key, unencrypted, of the certificate in REDIS_TLS_CERT_FILE',
      ),
    ];
  }
}

function lockMasterFaults(given: Environment): EnvironmentFault[] {
  const masters = (variables.shape.REDIS_LOCK_URLS.safeParse(given['REDIS_LOCK_URLS']).data ?? []).map(
    ({ endpoint }) => endpoint,
  );
  const state = variables.shape.REDIS_URL.safeParse(given['REDIS_URL']).data;
  const stateEndpoints = state === undefined ? [] : endpointsOf(state);
  const messages: string[] = [];
  if (masters.length > 0 && (masters.length < fewestLockMasters || masters.length % 2 === 0))
    messages.push(
      `must list an odd number of masters, at least ${fewestLockMasters}: a majority of them must be left when some are down; it lists ${masters.length}`,
    );
  if (masters.some((master, index) => masters.findIndex((other) => isSameEndpoint(master, other)) < index))
    messages.push('must list each master once: two votes of one Redis are no quorum');
  if (masters.some((master) => stateEndpoints.some((endpoint) => isSameEndpoint(master, endpoint))))
    messages.push('must not list the Redis of REDIS_URL: the masters are there for when that one fails over');
  return messages.map((message) => fault('REDIS_LOCK_URLS', message));
}

/** Those of a primary behind Sentinel are not known from its URL. */
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

function replicaFaults(given: Environment): EnvironmentFault[] {
  const replicas = variables.shape.REDIS_WAIT_REPLICAS.safeParse(given['REDIS_WAIT_REPLICAS']).data ?? 0;
  if (replicas === 0 || given['REDIS_URL'] !== undefined) return [];
  return [
    fault('REDIS_WAIT_REPLICAS', "must be 0 while REDIS_URL is unset: the server's own Redis has no replica"),
  ];
}

function fault(name: Variable, message: string): EnvironmentFault {
  return { name, message };
}
