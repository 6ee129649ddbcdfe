import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { describe, expect, inject, test } from 'vitest';
import { freshPrefix, rawRedis } from '../../support/raw-redis.ts';
import { LuaScripts } from './lua-scripts.ts';
import type { Command, Keys, Name } from './protocol-state.ts';
import { runScript } from './redis-scripts.ts';
import { protocol } from './rules.ts';
import type { Rules } from './rules.ts';

const empty: Keys = { state: null, lock: null, log: [], holder: null, waiting: [], interrupted: [] };

/** One of three callers does something; `choice` decides the details. */
interface Move {
  readonly kind: Command['kind'] | 'expire' | 'start over';
  readonly caller: 0 | 1 | 2;
  readonly choice: number;
}

const moves = fc.array(
  fc.record<Move>({
    kind: fc.constantFrom(
      ...(['acquire', 'acquire', 'commit', 'commit', 'purge', 'release', 'hand-over'] as const),
      ...(['enqueue', 'enqueue', 'leave', 'interrupt', 'expire', 'start over'] as const),
    ),
    caller: fc.constantFrom(0, 1, 2),
    choice: fc.nat(5),
  }),
  { maxLength: 60, size: 'max' },
);

/** Turns moves into commands that fit the state. A lease commits once: repeated, its commit is the same. */
class Commands {
  #nextName = 1;
  readonly #tokens: Name[] = [];
  readonly #commits = new Map<Name, Command>();
  readonly #past: Keys['state'][] = [null];

  constructor() {
    for (const caller of [0, 1, 2] as const) this.beginAnew(caller);
  }

  beginAnew(caller: number): void {
    this.#tokens[caller] = this.#nextName;
    this.#nextName += 1;
  }

  of({ kind, caller, choice }: Move & { kind: Command['kind'] }, { state, lock }: Keys): Command {
    this.#past.push(state);
    const token = this.#tokens[caller] ?? 0;
    const ticket = -1 - caller;
    const loaded = choice > 0 ? state : (this.#past[this.#past.length >> 1] ?? null);
    switch (kind) {
      case 'acquire':
        return { kind, token, ticket, turnId: this.#tokens[choice] ?? token };
      case 'commit': {
        const known = this.#commits.get(token);
        if (known !== undefined) return known;
        const number = (loaded?.turnCount ?? 0) + 1;
        const incarnation = loaded?.incarnation ?? token;
        const next = {
          incarnation,
          revision: number,
          committedBy: token,
          turnCount: number,
          agentConversation: 0,
        };
        const commit = { kind, token, loaded, next, turn: { turnId: token, number, token } };
        this.#commits.set(token, commit);
        return commit;
      }
      case 'purge':
        // A purge needs an existing conversation.
        return { kind, token, loaded: loaded ?? { incarnation: 0, revision: 1 } };
      case 'release':
        return { kind, token };
      case 'hand-over':
        return { kind, token: choice === 0 ? null : token, agentMayHaveHeard: choice % 2 === 0 };
      case 'enqueue': {
        const mostWaiting = choice < 4 ? null : choice - 3;
        return { kind, ticket, at: choice === 0 ? 'front' : 'back', mostWaiting };
      }
      case 'leave':
        return { kind, ticket };
      case 'interrupt':
        return { kind, owner: this.#foundOwner(choice, lock ?? token), ticket };
    }
  }

  /**
   * Returns a token or a ticket: the lease's present owner, or one that had the lease, has it by now, or never had it.
   */
  #foundOwner(choice: number, owner: Name): Name {
    if (choice < 2) return owner;
    const step = this.#past.length;
    return choice < 5 ? 1 + (step % (this.#nextName - 1)) : -1 - (step % 3);
  }
}

/** Makes the same moves in the model's scripts and in the real ones; every reply and all keys must agree. */
async function compare(redis: Redis, played: readonly Move[], rules: Rules): Promise<void> {
  const lua = new LuaScripts(redis, freshPrefix(), rules);
  const commands = new Commands();
  let keys = empty;
  for (const move of played) {
    if (move.kind === 'start over') {
      commands.beginAnew(move.caller);
      continue;
    }
    if (move.kind === 'expire') {
      keys = { ...keys, lock: null };
      await lua.expire();
      continue;
    }
    const command = commands.of({ ...move, kind: move.kind }, keys);
    const { keys: after, answer } = runScript(keys, command, rules);
    const reply = await lua.run(command);
    expect(
      lua.isSame(answer, reply),
      `${JSON.stringify(command)}: ${reply}, not ${JSON.stringify(answer)}`,
    ).toBe(true);
    expect(await lua.contents(), JSON.stringify(command)).toEqual(lua.modelled(after));
    keys = after;
  }
}

describe("the Lua scripts behave like the model's, for any commands in any order,", () => {
  const variants = [
    ['where the commit frees the lease', protocol],
    ['where other Redis keep the lease, too', { ...protocol, commitFreesLease: false }],
  ] as const;
  test.each(variants)('%s', async (_, rules) => {
    using raw = rawRedis(inject('redisUrl'));
    // A failure prints its seed and the shortest failing moves.
    await fc.assert(
      fc.asyncProperty(moves, (played) => compare(raw.redis, played, rules)),
      { numRuns: 60 },
    );
  });
});
