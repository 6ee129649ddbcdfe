/**
 * The reference of a turn in process: what any fenced, atomic turn over Redis needs, and nothing else. Two scripts on
 * one ioredis connection; no schemas, no agent, no errors, no transport. It writes as many bytes of state and of log
 * entry as our own turn does.
 */
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { Result } from 'ioredis';
import type { StoredSizes } from '../processes/subject-spec.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    idealBegin(...args: IdealArguments): Result<string | null, Context>;
    idealCommit(...args: IdealArguments): Result<string, Context>;
  }
}
type IdealArguments = (string | number)[];

const script = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

const leaseMs = 10_000;
const lifeSeconds = 86_400;
const keptTurns = 500;

export interface IdealStoreOptions {
  readonly redisUrl: string;
  readonly prefix: string;
  readonly sizes: StoredSizes;
}

export class IdealStore {
  readonly redis: Redis;
  readonly #prefix: string;
  readonly #state: string;
  readonly #entry: string;
  #turns = 0;

  constructor({ redisUrl, prefix, sizes }: IdealStoreOptions) {
    this.redis = new Redis(redisUrl);
    this.redis.defineCommand('idealBegin', { numberOfKeys: 2, lua: script('ideal-begin-2.lua') });
    this.redis.defineCommand('idealCommit', { numberOfKeys: 4, lua: script('ideal-commit-4.lua') });
    this.#prefix = prefix;
    this.#state = 's'.repeat(sizes.stateBytes);
    this.#entry = 'e'.repeat(sizes.entryBytes);
  }

  keysOf(conversation: number) {
    const base = `${this.#prefix}:{${conversation}}`;
    return { state: `${base}:state`, lock: `${base}:lock`, log: `${base}:log`, turns: `${base}:turns` };
  }

  /** One turn; resolves with its number. */
  async turn(conversation: number): Promise<number> {
    const { state, lock, log, turns } = this.keysOf(conversation);
    this.#turns += 1;
    const token = `token-${this.#turns}`;
    const loaded = await this.redis.idealBegin(state, lock, token, leaseMs);
    const revision = loaded === null ? 0 : Number(loaded.slice(0, loaded.indexOf(':')));
    const turn = revision + 1;
    const next = `${turn}:${this.#state}`;
    const result = await this.redis.idealCommit(
      ...[state, lock, log, turns, token, revision, next, lifeSeconds],
      ...[turn, `turn-${turn}`, this.#entry, keptTurns],
    );
    if (result !== 'committed') throw new Error(`The ideal turn was not committed: ${result}.`);
    return turn;
  }

  close(): void {
    this.redis.disconnect();
  }
}
