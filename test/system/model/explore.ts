/** A step that can come next. */
export interface Step<State> {
  readonly label: string;
  readonly next: State;
  /** True for a fault; every state must come to rest without any further fault. */
  readonly isFault: boolean;
}

export interface Model<State> {
  readonly initial: State;
  readonly stepsFrom: (state: State) => readonly Step<State>[];
  /** Two states with the same key have the same future, but for names. */
  readonly keyOf: (state: State) => string;
  /** Returns the broken invariant of a state, or null. */
  readonly faultIn: (state: State) => string | null;
  /** True if nothing is in progress and nothing is held. */
  readonly isAtRest: (state: State) => boolean;
}

export interface Counterexample<State> {
  readonly fault: string;
  /** A shortest path from the initial state. */
  readonly path: readonly Step<State>[];
}

export interface Exploration<State> {
  readonly states: number;
  readonly transitions: number;
  /** The longest of the shortest paths. */
  readonly depth: number;
  readonly counterexample: Counterexample<State> | null;
}

/** The last step of the path to a state, and the state before it. */
interface Origin {
  readonly from: number;
  readonly ordinal: number;
}

/**
 * Visits every reachable state, breadth first, and stops at the first that breaks an invariant. If none does, every
 * state must have a path to rest without a further fault: otherwise something waits for ever.
 */
export function explore<State>(model: Model<State>): Exploration<State> {
  const indexOf = new Map<string, number>([[model.keyOf(model.initial), 0]]);
  const origins: Origin[] = [{ from: -1, ordinal: -1 }];
  const ways = new BackwardWays();
  let level: { index: number; state: State }[] = [{ index: 0, state: model.initial }];
  let transitions = 0;
  let depth = 0;

  const result = (counterexample: Counterexample<State> | null): Exploration<State> => ({
    states: origins.length,
    transitions,
    depth,
    counterexample,
  });

  while (level.length > 0) {
    const nextLevel: typeof level = [];
    for (const { index, state } of level) {
      if (model.isAtRest(state)) ways.rests.push(index);
      const steps = model.stepsFrom(state);
      for (const [ordinal, { next, isFault }] of steps.entries()) {
        transitions += 1;
        const key = model.keyOf(next);
        const known = indexOf.get(key);
        const target = known ?? origins.length;
        if (!isFault) ways.add(index, target);
        if (known !== undefined) continue;
        indexOf.set(key, target);
        origins.push({ from: index, ordinal });
        const fault = model.faultIn(next);
        if (fault !== null) {
          depth += 1;
          return result({ fault, path: pathTo(model, origins, target) });
        }
        nextLevel.push({ index: target, state: next });
      }
    }
    if (nextLevel.length > 0) depth += 1;
    level = nextLevel;
  }

  const stuck = ways.firstWithoutRest(origins.length);
  return result(
    stuck === null ? null : { fault: 'from here nothing leads to rest', path: pathTo(model, origins, stuck) },
  );
}

/** Walks the path again from the start, because states are not kept. */
function pathTo<State>(model: Model<State>, origins: readonly Origin[], target: number): Step<State>[] {
  const ordinals: number[] = [];
  for (let at = origins[target]; at !== undefined && at.from >= 0; at = origins[at.from]) {
    ordinals.unshift(at.ordinal);
  }
  const path: Step<State>[] = [];
  let state = model.initial;
  for (const ordinal of ordinals) {
    const step = model.stepsFrom(state)[ordinal];
    if (step === undefined) throw new Error('the steps from a state must be the same each time');
    path.push(step);
    state = step.next;
  }
  return path;
}

/** The steps other than faults, backwards from the states at rest. */
class BackwardWays {
  readonly rests: number[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  add(from: number, to: number): void {
    this.#from.push(from);
    this.#to.push(to);
  }

  /** Returns the first state without a path to rest, or null. */
  firstWithoutRest(count: number): number | null {
    const starts = new Int32Array(count + 1);
    for (const to of this.#to) starts[to + 1] = (starts[to + 1] ?? 0) + 1;
    for (let state = 0; state < count; state += 1) {
      starts[state + 1] = (starts[state + 1] ?? 0) + (starts[state] ?? 0);
    }
    const filled = starts.slice();
    const predecessors = new Int32Array(this.#to.length);
    for (const [way, to] of this.#to.entries()) {
      const slot = filled[to] ?? 0;
      predecessors[slot] = this.#from[way] ?? 0;
      filled[to] = slot + 1;
    }

    const rests = new Uint8Array(count);
    const toVisit = [...this.rests];
    for (const state of toVisit) rests[state] = 1;
    for (let state = toVisit.pop(); state !== undefined; state = toVisit.pop()) {
      for (const before of predecessors.subarray(starts[state], starts[state + 1])) {
        if (rests[before] === 1) continue;
        rests[before] = 1;
        toVisit.push(before);
      }
    }
    const stuck = rests.indexOf(0);
    return stuck === -1 ? null : stuck;
  }
}
