/** The address on which one Redis process listens. */
export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
}

/** An ACL user and its password; null for the default user, and for none. */
export interface RedisCredentials {
  readonly username: string | null;
  readonly password: string | null;
}

/** The files of TLS, each in PEM form; null: the system's authorities, and no certificate of our own. */
export interface TlsMaterial {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

interface AnyTarget {
  readonly credentials: RedisCredentials;
  /** Null: without TLS. */
  readonly tls: TlsMaterial | null;
}

/** One server. */
export interface StandaloneTarget extends AnyTarget {
  readonly kind: 'standalone';
  readonly endpoint: RedisEndpoint;
  readonly db: number;
}

/** Redis Cluster. The other nodes are learned from the given ones. */
export interface ClusterTarget extends AnyTarget {
  readonly kind: 'cluster';
  readonly nodes: readonly [RedisEndpoint, ...RedisEndpoint[]];
}

/** The primary that the sentinels name. */
export interface SentinelTarget extends AnyTarget {
  readonly kind: 'sentinel';
  readonly sentinels: readonly RedisEndpoint[];
  readonly primaryName: string;
  readonly db: number;
  /** The sentinels' own credentials, which have nothing to do with those of the data. */
  readonly sentinelCredentials: RedisCredentials;
}

export type RedisTarget = StandaloneTarget | ClusterTarget | SentinelTarget;

export const noCredentials: RedisCredentials = { username: null, password: null };
