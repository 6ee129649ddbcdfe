import { isTicket } from './protocol-state.ts';
import type { Answer, Breach, Command, CommitAnswer, Keys, Loaded, Name } from './protocol-state.ts';
import type { Rules } from './rules.ts';

/** The effect of one script, in one step. */
export interface Run {
  readonly keys: Keys;
  readonly answer: Answer;
  /** The ticket for which the lease is kept now; its caller is notified. */
  readonly notified?: Name;
  readonly breach?: Breach;
}

type CommandOf<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;

/** The Lua scripts, as far as the protocol depends on them: server/redis/scripts. */
export function runScript(keys: Keys, command: Command, rules: Rules): Run {
  switch (command.kind) {
    case 'acquire':
      return acquire(keys, command, rules);
    case 'commit':
      return commit(keys, command, rules);
    case 'purge':
      return purge(keys, command, rules);
    case 'release':
      return {
        keys: keys.lock === command.token ? { ...keys, lock: null } : keys,
        answer: { kind: 'done' },
      };
    case 'hand-over':
      return releaseAndHandOver(keys, command, rules);
    case 'enqueue':
      return enqueue(keys, command);
    case 'leave': {
      const left = { ...keys, waiting: keys.waiting.filter((ticket) => ticket !== command.ticket) };
      const answer: Answer = { kind: 'done' };
      return keys.lock === command.ticket ? { ...handOver(left), answer } : { keys: left, answer };
    }
    case 'interrupt':
      return interrupt(keys, command, rules);
  }
}

function acquire(keys: Keys, command: CommandOf<'acquire'>, rules: Rules): Run {
  const { token, ticket, turnId } = command;
  const { lock, holder } = keys;
  const isOwn = lock === token;
  const isFree = lock === null || lock === ticket || (isOwn && rules.acquireKnowsItself);
  if (!isFree && rules.acquireChecksOwner) {
    return {
      keys,
      answer: { kind: 'acquired', isGranted: false, owner: lock, loaded: load(keys, command, rules) },
      ...(isOwn ? { breach: { invariant: 'own-lease', detail: 'refused the lease that it holds' } } : {}),
    };
  }
  const taken: Keys = {
    ...keys,
    lock: token,
    holder:
      holder?.token === token ? holder : { token, turnId, isStale: holder !== null && rules.marksStale },
  };
  return {
    keys: taken,
    answer: { kind: 'acquired', isGranted: true, owner: token, loaded: load(taken, command, rules) },
  };
}

function load(keys: Keys, { turnId }: CommandOf<'acquire'>, rules: Rules): Loaded {
  const { state, lock, log, holder } = keys;
  return {
    state,
    used: (rules.loadTellsUse ? log.find((turn) => turn.turnId === turnId) : undefined) ?? null,
    holder: holder?.token === lock ? holder : null,
  };
}

function commit(keys: Keys, command: CommandOf<'commit'>, rules: Rules): Run {
  const { token, loaded, next, turn } = command;
  const { state, lock, log } = keys;
  const answer = (result: CommitAnswer): Answer => ({
    kind: 'commit',
    result,
    turn,
    incarnation: next.incarnation,
  });
  const isDone =
    (rules.commitKnowsItsState && state?.committedBy === token) ||
    (rules.commitKnowsItsTurn && log.some((entry) => entry.turnId === turn.turnId && entry.token === token));
  if (isDone) return { keys, answer: answer('committed') };
  if (rules.commitChecksToken) {
    if (keys.interrupted.includes(token)) return { keys, answer: answer('interrupted') };
    if (lock !== token) return { keys, answer: answer('lease-lost') };
  }
  if (rules.commitChecksRevision && !isAsLoaded(keys, loaded))
    return { keys, answer: answer('state-changed') };
  const last = log.at(-1);
  if (rules.commitChecksLog && loaded !== null && last !== undefined && last.number >= turn.number) {
    return { keys, answer: answer('state-changed') };
  }
  const written = {
    ...keys,
    state: next,
    log: loaded === null ? [turn] : [...log, turn],
    holder: null,
  };
  return {
    ...freed(written, rules),
    answer: answer('committed'),
    ...(lock === token
      ? {}
      : {
          breach: {
            invariant: 'fenced',
            detail: 'a turn is committed by a call that does not hold the lease',
          },
        }),
  };
}

function isAsLoaded({ state }: Keys, loaded: CommandOf<'commit'>['loaded']): boolean {
  return loaded?.incarnation === state?.incarnation && loaded?.revision === state?.revision;
}

function purge(keys: Keys, { token, loaded }: CommandOf<'purge'>, rules: Rules): Run {
  const { state, lock } = keys;
  const answer = (result: CommitAnswer): Answer => ({ kind: 'purge', result });
  const isKeptForSomeone = lock !== null && isTicket(lock);
  if (state === null && (lock === null || isKeptForSomeone)) return { keys, answer: answer('committed') };
  if (keys.interrupted.includes(token)) return { keys, answer: answer('interrupted') };
  if (rules.commitChecksToken && lock !== token) return { keys, answer: answer('lease-lost') };
  if (rules.commitChecksRevision && !isAsLoaded(keys, loaded))
    return { keys, answer: answer('state-changed') };
  return {
    ...freed({ ...keys, state: null, log: [], holder: null }, rules),
    answer: answer('committed'),
  };
}

function releaseAndHandOver(
  keys: Keys,
  { token, agentMayHaveHeard }: CommandOf<'hand-over'>,
  rules: Rules,
): Run {
  const { lock, holder } = keys;
  const isStale = holder?.isStale === true && rules.keepsStale;
  const isForgotten = holder?.token === token && !isStale && !agentMayHaveHeard;
  const settled = isForgotten ? { ...keys, holder: null } : keys;
  const isFree = lock === null || lock === token;
  return { ...(isFree ? handToNext(settled, rules) : { keys: settled }), answer: { kind: 'done' } };
}

function enqueue(keys: Keys, { ticket, at, mostWaiting }: CommandOf<'enqueue'>): Run {
  const reply = (run: Omit<Run, 'answer'>): Run => ({
    ...run,
    answer: { kind: 'enqueued', outcome: run.keys.lock === ticket ? 'notified' : 'waiting' },
  });
  if (keys.lock === ticket) return reply({ keys });
  const { waiting } = keys;
  if (mostWaiting !== null && !waiting.includes(ticket) && waiting.length >= mostWaiting)
    return { keys, answer: { kind: 'enqueued', outcome: 'full' } };
  const enqueued = {
    ...keys,
    waiting: waiting.includes(ticket)
      ? waiting
      : at === 'front'
        ? [ticket, ...waiting]
        : [...waiting, ticket],
  };
  return reply(keys.lock === null ? handOver(enqueued) : { keys: enqueued });
}

function interrupt(keys: Keys, { owner, ticket }: CommandOf<'interrupt'>, rules: Rules): Run {
  const { lock, waiting, interrupted } = keys;
  const answer = (didInterrupt: boolean): Answer => ({ kind: 'interrupt', didInterrupt });
  if (lock === ticket) return { keys, answer: answer(true) };
  if (lock !== owner) return { keys, answer: answer(false) };
  const isMarked = isTicket(owner) || interrupted.includes(owner);
  const marked = { ...keys, interrupted: isMarked ? interrupted : [...interrupted, owner] };
  const others = waiting.filter((other) => other !== ticket);
  return {
    keys: rules.commitFreesLease
      ? { ...marked, lock: ticket, waiting: others }
      : { ...marked, waiting: [ticket, ...others] },
    answer: answer(true),
  };
}

/** The lease after a commit or a purge. */
function freed(keys: Keys, rules: Rules): Omit<Run, 'answer'> {
  return rules.commitFreesLease ? handToNext(keys, rules) : { keys };
}

function handToNext(keys: Keys, rules: Rules): Omit<Run, 'answer'> {
  return rules.handsOver ? handOver(keys) : { keys: keys.lock === null ? keys : { ...keys, lock: null } };
}

/** hand-over.lua: keeps the lease for the first in the queue, or frees it. */
function handOver(keys: Keys): Omit<Run, 'answer'> {
  const [first, ...others] = keys.waiting;
  return first === undefined
    ? { keys: keys.lock === null ? keys : { ...keys, lock: null } }
    : { keys: { ...keys, lock: first, waiting: others }, notified: first };
}
