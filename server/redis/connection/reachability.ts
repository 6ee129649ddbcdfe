import type { Cluster, Redis } from 'ioredis';
import { describeRedisError, isFailedSelect } from './describe-redis-error.ts';
import type { RedisTarget } from './redis-target.ts';

/** Told when Redis can be used (null), and when it can't, or can't for another reason, with the reason in a line. */
export type OnReachability = (trouble: string | null) => void;

/**
 * Knows whether a connection can be used, and why not. ioredis tells every failed attempt to connect; this tells each change
 * once. A connection that was good and is just closed is no trouble yet: the next attempt, which comes at once, tells why.
 */
export class Reachability {
  readonly #target: RedisTarget;
  readonly #onChange: OnReachability;
  /** By sentinel, since all of them were last asked. */
  readonly #sentinels = new Map<string, string>();
  #told: string | null | undefined;
  #trouble = 'there is no connection yet';
  /** What went wrong first in this attempt to connect; what follows from it says less. */
  #first: string | null = null;
  #wasReady = false;

  constructor(target: RedisTarget, onChange: OnReachability) {
    this.#target = target;
    this.#onChange = onChange;
  }

  /** Why a command can't be sent while the connection is not ready. */
  get trouble(): string {
    return this.#trouble;
  }

  /** Follows the one server of a connection: alone, or a primary behind Sentinel. */
  follow(redis: Redis): void {
    redis.on('connecting', () => {
      this.#first = null;
      this.#wasReady = false;
      this.#sentinels.clear();
    });
    redis.on('ready', () => {
      this.#wasReady = true;
      this.#tell(null);
    });
    redis.on('sentinelError', (error: Error) => {
      const [, address, , why] = / sentinel (\S+) (because (.*))?/.exec(error.message) ?? [];
      const doesNotKnow = /invalid reply|No such master/.test(error.message);
      if (address !== undefined)
        this.sentinelTrouble(address, doesNotKnow ? 'it knows no primary of this name' : (why ?? 'unknown'));
    });
    redis.on('error', (error: unknown) => {
      // While no sentinel answers, one attempt goes through all of them again and again.
      this.#first = this.#noSentinel(error) ?? this.#first ?? this.#describe(error);
      if (redis.status !== 'ready') this.#tell(this.#first);
    });
    redis.on('close', () => {
      if (this.#first !== null) this.#tell(this.#first);
      else if (this.#wasReady) this.#trouble = `${this.#where}: the connection was lost`;
      else this.#tell(`${this.#where}: ${this.#closedEarly}`);
    });
  }

  /** Follows a cluster. Of its nodes' errors ioredis keeps few, so `diagnose` asks the nodes why none can be used. */
  followCluster(cluster: Cluster, diagnose: () => Promise<string>): void {
    let isDiagnosing = false;
    const lose = (): void => {
      if (isDiagnosing) return;
      isDiagnosing = true;
      void diagnose().then((trouble) => {
        isDiagnosing = false;
        if (cluster.status !== 'ready' && cluster.status !== 'end') this.#tell(trouble);
      });
    };
    cluster.on('connecting', () => {
      this.#wasReady = false;
    });
    cluster.on('ready', () => {
      this.#wasReady = true;
      this.#tell(null);
    });
    cluster.on('error', () => {
      if (cluster.status !== 'ready') lose();
    });
    cluster.on('close', () => {
      if (this.#wasReady) this.#trouble = `${this.#where}: the connection was lost`;
      else lose();
    });
  }

  sentinelTrouble(address: string, reason: string): void {
    if (!this.#sentinels.has(address)) this.#sentinels.set(address, reason);
  }

  #tell(trouble: string | null): void {
    if (trouble !== null) this.#trouble = trouble;
    if (trouble === this.#told) return;
    this.#told = trouble;
    this.#onChange(trouble);
  }

  #noSentinel(error: unknown): string | null {
    if (!(error instanceof Error && error.message.startsWith('All sentinels are unreachable'))) return null;
    const bySentinel = [...this.#sentinels].map(([address, reason]) => `${address}: ${reason}`).sort();
    this.#sentinels.clear();
    return `${this.#where}: no sentinel names it (${bySentinel.join('; ')})`;
  }

  #describe(error: unknown): string {
    const reason = describeRedisError(error);
    return isFailedSelect(error) && this.#target.kind !== 'cluster'
      ? `${this.#where}: database ${this.#target.db} can't be selected: ${reason}`
      : `${this.#where}: ${reason}`;
  }

  get #closedEarly(): string {
    return this.#target.kind === 'sentinel'
      ? 'it closed the connection at once, or is a replica by now'
      : 'it closed the connection at once; one that wants TLS needs rediss://';
  }

  get #where(): string {
    return whereIs(this.#target);
  }
}

/** The address as people know it: never with a user or a password. */
function whereIs(target: RedisTarget): string {
  switch (target.kind) {
    case 'standalone':
      return `${target.endpoint.host}:${target.endpoint.port}`;
    case 'sentinel':
      return `primary ${target.primaryName}`;
    case 'cluster':
      return target.nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
  }
}
