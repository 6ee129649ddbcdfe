import { PatternWays } from './pattern-ways.ts';
import type { JudgingBudget, Way } from './pattern-ways.ts';
import { Uncountable } from './regex-program.ts';

/** The ways through the expression that are open after a text has been read. */
interface Situation {
  /** In the order in which the engine tries them; several ways may be at the same place. */
  readonly ways: readonly Way[];
  /** True while a match may still begin at a later character. */
  readonly isSearching: boolean;
}

const longestSource = 2_000;
const mostStepsPerChar = 300;
const budgetOfOne = 100_000;
const budgetOfShortTexts = 200_000;

/** Most steps for one expression on a text of bounded length; they take about 3 ms. */
const mostStepsOnShortText = 1_000_000;

/**
 * Counts the most steps per character that a backtracking engine needs to try a regular expression on any text. Returns
 * null if no bound is known, so that the time may grow faster than the text: `^(a+)+$` on 40 letters takes years. Every
 * pattern that is tried on untrusted text must have such a bound.
 *
 * The engine tries one way after another. This function reads the text on all ways side by side, and keeps a place as
 * often as there are ways to it. The expression is linear if no text makes the number of ways grow without end. The
 * search visits every situation that any text can lead to, and returns null if they exceed the budget.
 *
 * Decision 52 gives the reasons for this method.
 */
export function patternSteps(
  source: string,
  flags = '',
  budget: JudgingBudget = { left: budgetOfOne },
): number | null {
  if (source.length > longestSource || !isRegularExpression(source, flags)) return null;
  return counted(() => {
    const ways = new PatternWays(source, flags, { budget, most: budgetOfOne, mostStepsPerChar });
    return new AnyText(ways).stepsPerChar();
  });
}

/**
 * Counts the most steps that such an engine needs on a text of at most `chars` characters. Returns null if the number
 * is unknown or above `mostStepsOnShortText`. An expression that is not linear is harmless on short texts: `^\S+@\S+$`
 * on 254 characters.
 */
export function patternStepsWithin(
  chars: number,
  source: string,
  flags = '',
  budget: JudgingBudget = { left: budgetOfShortTexts },
): number | null {
  const perChar = patternSteps(source, flags, budget);
  if (perChar !== null) return perChar * (chars + 1);
  if (source.length > longestSource || !isRegularExpression(source, flags)) return null;
  return counted(() => {
    const bounds = { budget, most: budgetOfShortTexts, mostStepsPerChar: mostStepsOnShortText };
    return new ShortText(new PatternWays(source, flags, bounds)).stepsWithin(chars);
  });
}

function counted(count: () => number): number | null {
  try {
    return count();
  } catch (error) {
    if (error instanceof Uncountable) return null;
    throw error;
  }
}

export function isRegularExpression(source: string, flags: string): boolean {
  try {
    new RegExp(source, flags);
    return true;
  } catch {
    return false;
  }
}

/** Visits every situation that any text can lead to. */
class AnyText {
  readonly #ways: PatternWays;

  constructor(ways: PatternWays) {
    this.#ways = ways;
  }

  stepsPerChar(): number {
    let most = 0;
    const seen = new Set<string>();
    const open = [this.#begin()];
    for (let situation = open.pop(); situation !== undefined; situation = open.pop()) {
      most = Math.max(most, this.#ways.steps);
      const name = nameOf(situation);
      if (seen.has(name)) continue;
      seen.add(name);
      for (const character of this.#ways.characters) {
        const next = this.#read(situation, character);
        most = Math.max(most, this.#ways.steps);
        open.push(next);
      }
    }
    return most;
  }

  #begin(): Situation {
    this.#ways.steps = 0;
    const ways: Way[] = [];
    const isMatched = this.#ways.begin(ways, true);
    return { ways, isSearching: !isMatched && this.#ways.isSearching };
  }

  #read({ ways, isSearching }: Situation, character: readonly boolean[]): Situation {
    this.#ways.steps = 0;
    const next: Way[] = [];
    for (const way of ways) {
      this.#ways.step();
      if (character[way.at.atom] !== true) continue;
      // The engine stops at a match, so it never tries the later ways.
      if (this.#ways.goOn(way, next)) return { ways: next, isSearching: false };
    }
    if (!isSearching) return { ways: next, isSearching };
    const isMatched = this.#ways.begin(next, false);
    return { ways: next, isSearching: !isMatched };
  }
}

function nameOf({ ways, isSearching }: Situation): string {
  return `${isSearching ? 'from here' : 'begun'} ${ways.map(placeOf).join(' ')}`;
}

/** A number that differs for each place of a way. */
function placeOf({ at, isCertain }: Way): number {
  return isCertain ? at.id : -at.id;
}

/** The ways that follow a way after one character, and the steps to find them. */
interface Onward {
  readonly to: readonly Way[];
  readonly steps: number;
}

interface WaysTo {
  readonly way: Way;
  readonly count: number;
}

/** The most ways to each place among all texts that reach the same set of places, and the most steps so far. */
interface Reached {
  readonly counts: ReadonlyMap<number, WaysTo>;
  readonly steps: number;
}

/**
 * Reads texts character by character, and keeps for each set of places the most ways to each place that any text of
 * that length leads to. It ignores the order of ways and the matches that end a search, so its count is never too low.
 */
class ShortText {
  readonly #ways: PatternWays;
  readonly #onward = new Map<number, Onward>();

  constructor(ways: PatternWays) {
    this.#ways = ways;
  }

  /** @throws Uncountable if there are more than `mostStepsOnShortText` */
  stepsWithin(chars: number): number {
    const begun = this.#follow((to) => this.#ways.begin(to, true));
    const later = this.#follow((to) => this.#ways.begin(to, false));
    const counts = new Map<number, WaysTo>();
    let most = this.#add(counts, begun, 1);
    let reached = new Map<string, Reached>([['', { counts, steps: most }]]);
    for (let read = 0; read < chars && reached.size > 0; read += 1) {
      const next = new Map<string, Reached>();
      for (const from of reached.values()) {
        for (const character of this.#ways.characters) {
          const to = this.#read(from, character, this.#ways.isSearching ? later : null);
          most = Math.max(most, to.steps);
          if (to.counts.size === 0) continue;
          const name = [...to.counts.keys()].sort((a, b) => a - b).join(' ');
          const known = next.get(name);
          next.set(name, known === undefined ? to : mostOf(known, to));
        }
      }
      if (most > mostStepsOnShortText) throw new Uncountable('too many steps');
      reached = next;
    }
    return most;
  }

  #read(from: Reached, character: readonly boolean[], later: Onward | null): Reached {
    // 5: a set of places must also be built and looked up.
    this.#ways.spend(from.counts.size + 5);
    const counts = new Map<number, WaysTo>();
    let { steps } = from;
    for (const [place, { way, count }] of from.counts) {
      steps += count;
      if (character[way.at.atom] === true) steps += this.#add(counts, this.#onwardFrom(place, way), count);
    }
    if (later !== null) steps += this.#add(counts, later, 1);
    return { counts, steps };
  }

  /** Adds the ways that `count` ways lead to; returns the steps of it. */
  #add(counts: Map<number, WaysTo>, { to, steps }: Onward, count: number): number {
    this.#ways.spend(to.length);
    for (const way of to) {
      const place = placeOf(way);
      counts.set(place, { way, count: (counts.get(place)?.count ?? 0) + count });
    }
    return steps * count;
  }

  #onwardFrom(place: number, way: Way): Onward {
    const onward = this.#onward.get(place) ?? this.#follow((to) => this.#ways.goOn(way, to));
    this.#onward.set(place, onward);
    return onward;
  }

  #follow(go: (to: Way[]) => void): Onward {
    this.#ways.steps = 0;
    const to: Way[] = [];
    go(to);
    return { to, steps: this.#ways.steps };
  }
}

function mostOf(one: Reached, other: Reached): Reached {
  const counts = new Map(
    [...one.counts].map(([place, { way, count }]) => [
      place,
      { way, count: Math.max(count, other.counts.get(place)?.count ?? 0) },
    ]),
  );
  return { counts, steps: Math.max(one.steps, other.steps) };
}
