import { faultPoints } from '../../redis/fault-points/armed-faults.ts';
import type { FaultKind, FaultPlan } from './faults.ts';
import type { AgentMoods } from './ledger-agent.ts';
import type { Random } from './random.ts';
import { settingsUnderTest } from './settings-under-test.ts';

export interface PlannedFault {
  /** The time since the run's beginning, in milliseconds. */
  readonly at: number;
  readonly plan: FaultPlan;
}

/** The weight of each fault in the random choice. */
const weights: Readonly<Record<FaultKind, number>> = {
  'kill server': 2,
  'stop server': 4,
  'restart server': 1,
  'fault in a race window': 8,
  'clock jump': 3,
  'hang redis': 2,
  'kill redis': 1.5,
  'script flush': 2,
  'client kill': 2,
  'cut link': 2,
  'freeze link': 3,
  'slow link': 3,
  'cut callers': 3,
  'freeze answers': 2,
  'eat reply': 4,
};

export const usualMoods: AgentMoods = {
  weights: {
    quick: 80,
    slow: 10,
    'slower than a lease': 2,
    fails: 3,
    empty: 1,
    garbage: 3,
    hangs: 0.5,
    deaf: 0.5,
  },
  longestMs: 2 * settingsUnderTest.lockTtlMs,
};

interface PlanOptions {
  readonly servers: number;
  readonly durationMs: number;
  /** True for one fault at a time, so that the cost of each can be measured; otherwise faults overlap. */
  readonly isSparse: boolean;
}

/** Plans every fault of a run from its seed alone: kind, target, time and duration. */
export function planFaults(random: Random, options: PlanOptions): PlannedFault[] {
  return options.isSparse ? planSparse(random, options) : planDense(random, options);
}

/** Faults of different targets overlap, those of one target don't. */
function planDense(random: Random, { servers, durationMs }: PlanOptions): PlannedFault[] {
  const planned: PlannedFault[] = [];
  const freeAt = new Map<number | 'redis', number>();
  for (let at = 500; at < durationMs; at += random.int(50, 400)) {
    const plan = pickFault(random, servers);
    const target = 'server' in plan ? plan.server : 'redis';
    if ((freeAt.get(target) ?? 0) > at) continue;
    const restMs = target === 'redis' ? random.int(1_000, 3_000) : random.int(200, 1_000);
    freeAt.set(target, at + lastsMs(plan) + restMs);
    planned.push({ at, plan });
  }
  return planned;
}

function planSparse(random: Random, { servers, durationMs }: PlanOptions): PlannedFault[] {
  const planned: PlannedFault[] = [];
  let at = 500;
  while (at < durationMs) {
    const plan = pickFault(random, servers);
    planned.push({ at, plan });
    at += lastsMs(plan) + random.int(2_000, 3_000);
  }
  return planned;
}

/** Approximate start-up time of a process: with all of them down there is nothing to see. */
const startMs = 1_500;

function lastsMs(plan: FaultPlan): number {
  switch (plan.kind) {
    case 'kill server':
    case 'restart server':
      return startMs;
    case 'fault in a race window':
      return 'forMs' in plan.fault.action ? plan.fault.action.forMs : startMs;
    case 'script flush':
    case 'client kill':
    case 'clock jump':
    case 'eat reply':
      return 0;
    case 'stop server':
    case 'hang redis':
    case 'kill redis':
    case 'cut link':
    case 'cut callers':
    case 'freeze answers':
    case 'freeze link':
    case 'slow link':
      return plan.forMs;
  }
}

function pickFault(random: Random, servers: number): FaultPlan {
  const { lockTtlMs, commandTimeoutMs } = settingsUnderTest;
  const server = random.int(0, servers - 1);
  // Outcomes become unknown after a command's timeout, and another holder may take over after a lease's life.
  const aroundTimeout = (): number => random.int(commandTimeoutMs / 2, 3 * commandTimeoutMs);
  const pastLease = (): number => random.int(lockTtlMs, 2 * lockTtlMs);
  const kind = random.weighted(weights);
  switch (kind) {
    case 'kill server':
    case 'restart server':
    case 'eat reply':
      return { kind, server };
    case 'stop server':
      return { kind, server, forMs: random.chance(0.75) ? pastLease() : aroundTimeout() };
    case 'fault in a race window':
      return { kind, server, fault: selfFault(random, { aroundTimeout, pastLease }) };
    case 'clock jump':
      return { kind, server, byMs: random.pick([-1, 1]) * random.pick([1, 60]) * random.int(200, 5_000) };
    case 'hang redis':
      return { kind, forMs: random.chance(0.5) ? random.int(lockTtlMs, 2 * lockTtlMs) : aroundTimeout() };
    case 'kill redis':
      return { kind, forMs: random.int(0, 800) };
    case 'script flush':
      return { kind };
    case 'client kill':
      return { kind, type: random.pick(['normal', 'pubsub'] as const) };
    case 'cut callers':
    case 'cut link':
      return { kind, server, forMs: random.chance(0.5) ? 0 : random.int(100, 1_500) };
    case 'freeze link':
      return {
        kind,
        server,
        direction: random.pick(['requests', 'replies'] as const),
        forMs: random.chance(0.5) ? pastLease() : aroundTimeout(),
      };
    case 'freeze answers':
      return { kind, server, forMs: aroundTimeout() };
    case 'slow link':
      return { kind, server, byMs: random.int(5, 80), forMs: random.int(300, 2_000) };
  }
}

function selfFault(
  random: Random,
  { aroundTimeout, pastLease }: { aroundTimeout: () => number; pastLease: () => number },
): Extract<FaultPlan, { kind: 'fault in a race window' }>['fault'] {
  const what = random.weighted({ kill: 2, block: 4, delay: 3 });
  const action =
    what === 'kill'
      ? { kind: what }
      : { kind: what, forMs: random.chance(0.7) ? pastLease() : aroundTimeout() };
  return { point: random.pick(faultPoints), after: random.int(0, 3), action };
}
