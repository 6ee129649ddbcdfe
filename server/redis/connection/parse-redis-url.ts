import { noCredentials } from './redis-target.ts';
import type {
  ClusterTarget,
  RedisCredentials,
  RedisEndpoint,
  RedisTarget,
  SentinelTarget,
  StandaloneTarget,
} from './redis-target.ts';

/** The reason why a text is no address of a Redis, to be read after the variable's name: `must …`. Never quotes the text. */
class RedisUrlFault extends Error {}

const forms =
  'must be a URL like redis://user:password@host:6379, or rediss:// for TLS; a comma-separated list of such URLs for ' +
  'Cluster; or redis+sentinel://user:password@host:26379,host:26379/primary-name for Sentinel';
const standaloneForm = 'must be a URL like redis://user:password@host:6379, or rediss:// for TLS';

const defaultPort = 6379;
const defaultSentinelPort = 26379;
const systemTls = { ca: null, cert: null, key: null };

/**
 * Reads a value of `REDIS_URL`.
 * @throws RedisUrlFault
 */
export function parseRedisUrl(value: string): RedisTarget {
  if (/^rediss?\+sentinel:/.test(value)) return parseSentinelUrl(value);
  const urls = splitRedisUrls(value);
  const [first, ...others] = urls.map((url) => parseStandaloneUrl(url, forms));
  if (first === undefined) throw new RedisUrlFault(forms);
  return others.length === 0 ? first : clusterOf([first, ...others]);
}

/**
 * Reads the address of one Redis.
 * @throws RedisUrlFault
 */
export function parseStandaloneUrl(value: string, expected = standaloneForm): StandaloneTarget {
  const url = URL.canParse(value) ? new URL(value) : null;
  const isRedis = url !== null && ['redis:', 'rediss:'].includes(url.protocol);
  if (!isRedis || url.hostname === '' || url.hostname.includes(',')) throw new RedisUrlFault(expected);
  if (url.search !== '' || url.hash !== '')
    throw new RedisUrlFault('must have nothing after the host but /<number of the database>');
  return {
    kind: 'standalone',
    endpoint: { host: bareHost(url.hostname), port: url.port === '' ? defaultPort : Number(url.port) },
    credentials: { username: decoded(url.username), password: decoded(url.password) },
    db: databaseOf(url.pathname.replace(/^\//, '')),
    tls: url.protocol === 'rediss:' ? systemTls : null,
  };
}

/** Splits a list of URLs. A password may hold a comma, so only a comma before a scheme separates. */
export function splitRedisUrls(list: string): string[] {
  return list.split(/\s*,\s*(?=[a-z+]+:\/\/)/);
}

export function isSameEndpoint(one: RedisEndpoint, other: RedisEndpoint): boolean {
  return one.host === other.host && one.port === other.port;
}

function clusterOf(urls: readonly [StandaloneTarget, ...StandaloneTarget[]]): ClusterTarget {
  const [{ endpoint, credentials, tls }, ...others] = urls;
  if (urls.some((url) => url.db !== 0))
    throw new RedisUrlFault('must name no database in a list, which means Cluster: that has only database 0');
  if (urls.some((url) => (url.tls === null) !== (tls === null)))
    throw new RedisUrlFault('must begin all URLs of a list with redis://, or all with rediss://');
  if (urls.some((url) => !isSameUser(url.credentials, credentials)))
    throw new RedisUrlFault(
      'must have the same user and password in all URLs of a list, which means Cluster',
    );
  return { kind: 'cluster', nodes: [endpoint, ...others.map((other) => other.endpoint)], credentials, tls };
}

function isSameUser(one: RedisCredentials, other: RedisCredentials): boolean {
  return one.username === other.username && one.password === other.password;
}

function parseSentinelUrl(value: string): SentinelTarget {
  // The URL class knows no list of hosts.
  const [, scheme, userInfo, hosts, primaryName, db] =
    /^(rediss?)\+sentinel:\/\/(?:(.*)@)?([^/@?#]+)\/([^/?#]+)(?:\/(\d*))?$/.exec(value) ?? [];
  if (hosts === undefined || primaryName === undefined) throw new RedisUrlFault(forms);
  const [username = '', ...password] = (userInfo ?? '').split(':');
  return {
    kind: 'sentinel',
    sentinels: hosts.split(',').map((host) => sentinelEndpoint(host.trim())),
    primaryName: decoded(primaryName) ?? primaryName,
    credentials: { username: decoded(username), password: decoded(password.join(':')) },
    sentinelCredentials: noCredentials,
    db: databaseOf(db ?? ''),
    tls: scheme === 'rediss' ? systemTls : null,
  };
}

function sentinelEndpoint(host: string): RedisEndpoint {
  const url = URL.canParse(`redis://${host}`) ? new URL(`redis://${host}`) : null;
  if (url === null || url.hostname === '') throw new RedisUrlFault(forms);
  return { host: bareHost(url.hostname), port: url.port === '' ? defaultSentinelPort : Number(url.port) };
}

/** A URL writes an IPv6 address in brackets, a socket does not. */
function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

function databaseOf(text: string): number {
  if (!/^\d{0,4}$/.test(text))
    throw new RedisUrlFault('must have a number as its database, as in redis://host:6379/2');
  return Number(text);
}

function decoded(text: string): string | null {
  if (text === '') return null;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlFault('must write a % in the user or the password as %25');
  }
}
