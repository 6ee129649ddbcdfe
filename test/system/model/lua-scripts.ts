import type { Redis } from 'ioredis';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { defineScripts } from '../../../server/redis/scripts/define-scripts.ts';
import { isTicket } from './protocol-state.ts';
import type { Answer, Command, CommittedTurn, Guard, Keys, Name } from './protocol-state.ts';
import type { Rules } from './rules.ts';

const conversation = { tenant: 'a', user: 'b', conversationId: 'c' };
const longMs = '600000';
/** Stands for no bound. */
const enough = 100;
const lifeSeconds = '600';
const outcomes = { notified: 1, waiting: 0, full: -1 } as const;

/** The comparable contents of the model's keys and of Redis. */
export interface Contents {
  readonly lock: string | null;
  readonly state: string | null;
  readonly log: readonly string[];
  /** The notes under the turn ids, sorted. */
  readonly turns: readonly string[];
  readonly holder: string | null;
  readonly waiting: readonly string[];
  /** The owners with a mark of interruption, sorted. */
  readonly interrupted: readonly string[];
  /** The keys that never expire (I7). */
  readonly lasting: readonly string[];
}

/** Runs the real scripts on one conversation, as the server runs them. */
export class LuaScripts {
  readonly #redis: Redis;
  readonly #builder: KeyBuilder;
  /** Time for which a script that frees the lease keeps it for the next caller; '' where a quorum keeps it too. */
  readonly #keptMs: string;
  /** The owners that it was asked to interrupt. */
  readonly #accused = new Set<string>();

  constructor(redis: Redis, prefix: string, { commitFreesLease }: Pick<Rules, 'commitFreesLease'>) {
    defineScripts(redis);
    this.#redis = redis;
    this.#builder = new KeyBuilder(prefix);
    this.#keptMs = commitFreesLease ? longMs : '';
  }

  async run(command: Command): Promise<string> {
    const redis = this.#redis;
    const { state, lock, log, turns, holder, waiting, events, forgotten } = this.#keys;
    switch (command.kind) {
      case 'acquire': {
        const turnId = command.turnId === null ? '' : String(command.turnId);
        const wanted = [this.#text(command.token), this.#text(command.ticket), longMs];
        const load = [lifeSeconds, turnId, '', '0', '5', '262144'];
        return JSON.stringify(
          await redis.leaseConversation(state, lock, log, turns, holder, forgotten, ...load, ...wanted),
        );
      }
      case 'release':
        return String(await redis.releaseLock(1, lock, '0', this.#text(command.token)));
      case 'commit': {
        const { token, loaded, next, turn } = command;
        const written = [
          lifeSeconds,
          String(turn.number),
          String(turn.turnId),
          noteOf(turn),
          noteOf(turn),
          // Its entry is whole.
          String(turn.number),
        ];
        const reply = await redis.commitConversation(
          ...this.#guarded(token),
          ...guardOf(token, loaded),
          stateText(next),
          ...written,
          this.#keptMs,
          longMs,
          '1',
          '1',
        );
        return String(reply);
      }
      case 'purge': {
        const { token, loaded } = command;
        const reply = await redis.purgeConversation(
          ...this.#guarded(token),
          ...guardOf(token, loaded),
          this.#keptMs,
          longMs,
        );
        return String(reply);
      }
      case 'hand-over': {
        const token = command.token === null ? '' : this.#text(command.token);
        const heard = command.agentMayHaveHeard ? '1' : '0';
        return String(
          await redis.releaseAndHandOver(lock, holder, waiting, events, token, heard, longMs, longMs),
        );
      }
      case 'enqueue':
        return JSON.stringify(
          await redis.enqueue(
            lock,
            waiting,
            events,
            this.#text(command.ticket),
            '',
            command.at,
            longMs,
            longMs,
            String(command.mostWaiting ?? enough),
          ),
        );
      case 'leave':
        return String(
          await redis.leaveQueue(lock, waiting, events, this.#text(command.ticket), longMs, longMs),
        );
      case 'interrupt': {
        const owner = this.#text(command.owner);
        this.#accused.add(owner);
        const ticket = this.#text(command.ticket);
        return String(
          await redis.interruptHolder(
            lock,
            this.#markOf(owner),
            waiting,
            events,
            ticket,
            owner,
            longMs,
            this.#keptMs,
            this.#builder.interrupts,
            longMs,
          ),
        );
      }
    }
  }

  /** Lets the lease expire. */
  async expire(): Promise<void> {
    await this.#redis.del(this.#keys.lock);
  }

  async contents(): Promise<Contents> {
    const redis = this.#redis;
    const { state, lock, log, turns, holder, waiting } = this.#keys;
    const accused = [...this.#accused];
    const marks = accused.map((name) => this.#markOf(name));
    const all = [state, lock, log, turns, holder, waiting, ...marks];
    const [owner, stored, entries, notes, held, queue, lives, ...areMarked] = await Promise.all([
      redis.get(lock),
      redis.get(state),
      redis.xrange(log, '-', '+'),
      redis.hgetall(turns),
      redis.hmget(holder, 'token', 'stale'),
      redis.zrange(waiting, '0', '-1'),
      Promise.all(all.map((key) => redis.pttl(key))),
      ...marks.map((mark) => redis.exists(mark)),
    ]);
    const [token, stale] = held;
    return {
      lock: owner,
      state: stored,
      log: entries.map(([id, [, note]]) => `${id} ${note ?? ''}`),
      turns: Object.entries(notes)
        .map(([turnId, note]) => `${turnId} ${note}`)
        .sort(),
      holder: token == null ? null : `${token} ${stale ?? ''}`,
      waiting: queue,
      interrupted: accused.filter((_, index) => areMarked[index] === 1).sort(),
      lasting: all.filter((_, index) => lives[index] === -1),
    };
  }

  /** Returns the contents that Redis should have, by the model. */
  modelled({ lock, state, log, holder, waiting, interrupted }: Keys): Contents {
    return {
      lock: lock === null ? null : this.#text(lock),
      state: state === null ? null : stateText(state),
      log: log.map((turn) => `${turn.number}-0 ${noteOf(turn)}`),
      turns: log.map((turn) => `${turn.turnId} ${noteOf(turn)}`).sort(),
      holder: holder === null ? null : `${this.#text(holder.token)} ${holder.isStale ? '1' : '0'}`,
      waiting: waiting.map((ticket) => this.#text(ticket)),
      interrupted: interrupted.map((owner) => this.#text(owner)).sort(),
      lasting: [],
    };
  }

  /** Returns whether the script's reply means the same as the model's answer. */
  isSame(answer: Answer, reply: string): boolean {
    switch (answer.kind) {
      case 'acquired': {
        const { loaded } = answer;
        const [state, owner, used, , holder] = JSON.parse(reply) as [
          unknown,
          unknown,
          unknown,
          unknown,
          unknown[] | null,
        ];
        const held = loaded.holder === null ? null : loaded.holder.isStale ? '1' : '0';
        return (
          state === (loaded.state === null ? null : stateText(loaded.state)) &&
          owner === (answer.owner === null ? null : this.#text(answer.owner)) &&
          used === (loaded.used === null ? null : noteOf(loaded.used)) &&
          (holder?.[2] ?? null) === held
        );
      }
      case 'commit':
      case 'purge':
        return reply === answer.result;
      case 'enqueued':
        return (JSON.parse(reply) as [number])[0] === outcomes[answer.outcome];
      case 'interrupt':
        return reply === (answer.didInterrupt ? '1' : '0');
      case 'done':
        return true;
    }
  }

  get #keys() {
    return this.#builder.conversation(conversation);
  }

  #guarded(token: Name): string[] {
    const { state, lock, log, turns, holder, waiting, events, feed, forgotten } = this.#keys;
    const mark = this.#markOf(this.#text(token));
    return [state, lock, log, turns, holder, waiting, mark, events, feed, forgotten];
  }

  #markOf(owner: string): string {
    return this.#builder.interrupted(conversation, owner);
  }

  #text(name: Name): string {
    return isTicket(name)
      ? this.#builder.ticket(conversation, { turnId: null, id: String(-name) })
      : tokenText(name);
  }
}

function tokenText(token: Name): string {
  return `token${token}`;
}

function guardOf(token: Name, loaded: Guard | null): string[] {
  return [tokenText(token), loaded === null ? '' : `i${loaded.incarnation}`, String(loaded?.revision ?? 0)];
}

function stateText({ incarnation, revision, committedBy, turnCount }: NonNullable<Keys['state']>): string {
  return JSON.stringify({
    incarnation: `i${incarnation}`,
    revision,
    committedBy: tokenText(committedBy),
    turnCount,
  });
}

function noteOf({ number, token }: CommittedTurn): string {
  return `${number}:digest:${tokenText(token)}`;
}
