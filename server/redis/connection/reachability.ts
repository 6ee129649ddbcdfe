import { Cluster } from 'ioredis';
import type { Command, Redis } from 'ioredis';
import type { RedisConnection } from './open-redis.ts';
import { describeRedisError, isFailedSelect } from './redis-errors.ts';
import type { RedisTarget } from './redis-target.ts';

/** Called with null when Redis becomes usable, and with the reason in a line when it stops being so, or the reason changes. */
export type OnReachability = (trouble: string | null) => void;

/**
 * Knows whether a connection can be used, and why not. ioredis emits every failed attempt to connect; this reports each change
 * once. A good connection that has just closed is no trouble yet: the next attempt, which comes at once, shows why.
 */
export class Reachability {
  readonly #target: RedisTarget;
  readonly #onChange: OnReachability;
  /** The trouble with each sentinel, since all of them were last asked. */
  readonly #sentinels = new Map<string, string>();
  #reported: string | null | undefined;
  #trouble = 'there is no connection yet';
  /** The first error of this attempt to connect; later errors follow from it and say less. */
  #first: string | null = null;
  #wasReady = false;

  constructor(target: RedisTarget, onChange: OnReachability) {
    this.#target = target;
    this.#onChange = onChange;
  }

  /** The reason why a command can't be sent while the connection is not ready. */
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
      this.#report(null);
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
      if (redis.status !== 'ready') this.#report(this.#first);
    });
    redis.on('close', () => {
      if (this.#first !== null) this.#report(this.#first);
      else if (this.#wasReady) this.#trouble = `${this.#where}: the connection was lost`;
      else this.#report(`${this.#where}: ${this.#closedEarly}`);
    });
  }

  /** Follows a cluster. ioredis keeps few of its nodes' errors, so `diagnose` asks the nodes why none can be used. */
  followCluster(cluster: Cluster, diagnose: () => Promise<string>): void {
    let isDiagnosing = false;
    const findOutWhy = (): void => {
      if (isDiagnosing) return;
      isDiagnosing = true;
      void diagnose().then((trouble) => {
        isDiagnosing = false;
        if (cluster.status !== 'ready' && cluster.status !== 'end') this.#report(trouble);
      });
    };
    cluster.on('connecting', () => {
      this.#wasReady = false;
    });
    cluster.on('ready', () => {
      this.#wasReady = true;
      this.#report(null);
    });
    cluster.on('error', () => {
      if (cluster.status !== 'ready') findOutWhy();
    });
    cluster.on('close', () => {
      if (this.#wasReady) this.#trouble = `${this.#where}: the connection was lost`;
      else findOutWhy();
    });
  }

  /** Notes what is wrong with one sentinel. The first reason stays: later ones follow from it. */
  sentinelTrouble(address: string, reason: string): void {
    if (!this.#sentinels.has(address)) this.#sentinels.set(address, reason);
  }

  #report(trouble: string | null): void {
    if (trouble !== null) this.#trouble = trouble;
    if (trouble === this.#reported) return;
    this.#reported = trouble;
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

/**
 * Rejects commands while there is no connection, with the reason why there is none; ioredis says only that its stream isn't
 * writable.
 */
export function refuseWithReason<Connection extends RedisConnection>(
  connection: Connection,
  reason: () => string,
): Connection {
  const isRefused = ({ name }: Command): boolean =>
    connection.status !== 'ready' && !(connection.status === 'connect' && handshake.has(name));
  const refuse = (command: Command): Promise<unknown> => {
    command.reject(new Error(reason()));
    return command.promise;
  };
  // The two branches are alike, but TypeScript can't call the method of a union.
  if (connection instanceof Cluster) {
    const send = connection.sendCommand.bind(connection);
    connection.sendCommand = (command, ...others) =>
      isRefused(command) ? refuse(command) : send(command, ...others);
  } else {
    const send = connection.sendCommand.bind(connection);
    connection.sendCommand = (command, ...others) =>
      isRefused(command) ? refuse(command) : send(command, ...others);
  }
  return connection;
}

/** Commands that ioredis sends itself before a connection is ready; nobody else sends any then. */
const handshake = new Set(['hello', 'auth', 'select', 'info', 'client', 'readonly', 'cluster']);

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
