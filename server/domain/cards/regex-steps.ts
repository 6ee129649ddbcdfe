/** The choices that an expression leaves open: how many ways through it there are, and the steps to try them all. */
interface Effort {
  readonly paths: number;
  readonly steps: number;
}

interface Repeat {
  readonly min: number;
  readonly max: number;
}

const beyondMeasure: Effort = { paths: Infinity, steps: Infinity };
const oneStep: Effort = { paths: 1, steps: 1 };
/** More than anybody would spend; counting further serves nobody. */
const mostSteps = 1_000_000;
const longestSource = 500;

/**
 * How many steps a backtracking matcher needs at most to try a regular expression on so many characters. Agents write
 * these expressions, so none is run before it is known to end soon: `(a+)+$` on 40 letters would take years. The bound
 * counts every way through the expression as if each had to be tried, so it errs on the side of too many.
 */
export function regexSteps(source: string, textChars: number): number {
  if (source.length > longestSource) return Infinity;
  const reader = new Reader(source, textChars);
  const { effort, alternatives } = reader.alternatives();
  // Something that the grammar has no room for, such as a bracket too many: it is no expression.
  if (!reader.isAtEnd) return Infinity;
  // Only where the start is named is there one place to begin at.
  const starts = source.startsWith('^') && alternatives === 1 ? 1 : textChars + 1;
  return effort.steps * starts;
}

class Reader {
  readonly #source: string;
  readonly #textChars: number;
  #at = 0;

  constructor(source: string, textChars: number) {
    this.#source = source;
    this.#textChars = textChars;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  alternatives(): { readonly effort: Effort; readonly alternatives: number } {
    let effort = this.#sequence();
    let alternatives = 1;
    while (this.#take(/\|/y) !== null) {
      const next = this.#sequence();
      effort = { paths: effort.paths + next.paths, steps: effort.steps + next.steps + 1 };
      alternatives += 1;
    }
    return { effort, alternatives };
  }

  #sequence(): Effort {
    let effort = oneStep;
    while (!this.isAtEnd && !/[|)]/.test(this.#source.charAt(this.#at))) {
      const term = this.#repeated(this.#atom());
      effort = { paths: effort.paths * term.paths, steps: effort.steps + effort.paths * term.steps };
    }
    return effort;
  }

  #atom(): Effort {
    if (this.#take(/\((?:\?(?::|<?[=!]|<\w+>))?/y) !== null) {
      const { effort } = this.alternatives();
      return this.#take(/\)/y) === null ? beyondMeasure : effort;
    }
    // A reference to a group compares as much text as the group took.
    if (this.#take(/\\(?:[1-9]|k<)/y) !== null) return beyondMeasure;
    const plain = this.#take(/\[(?:\\[^]|[^\]\\])*\]|\\[^]|[^[\\]/y);
    if (plain !== null) return oneStep;
    this.#at = this.#source.length;
    return beyondMeasure;
  }

  #repeated(once: Effort): Effort {
    const repeat = this.#repeat();
    if (repeat === null) return once;
    // Past the least number of times, no repetition may match nothing: there are no more of them than characters.
    const most = Math.min(repeat.max, repeat.min + this.#textChars);
    if (once.paths === 1) {
      // Worked out, not counted up to: an agent may write any number.
      const steps = 1 + most * (once.steps + 1);
      return steps <= mostSteps ? { paths: most - repeat.min + 1, steps } : beyondMeasure;
    }
    let paths = 0;
    let steps = 1;
    let ways = 1;
    // The ways double at least with every time, so that this soon ends.
    for (let times = 0; times <= most; times += 1) {
      if (times >= repeat.min) paths += ways;
      if (times < most) steps += ways * (once.steps + 1);
      if (!(steps <= mostSteps)) return beyondMeasure;
      ways *= once.paths;
    }
    return { paths, steps };
  }

  #repeat(): Repeat | null {
    const quantifier = this.#take(/(?:[*+?]|\{\d+(?:,\d*)?\})\??/y);
    if (quantifier === null) return null;
    switch (quantifier.charAt(0)) {
      case '*':
        return { min: 0, max: Infinity };
      case '+':
        return { min: 1, max: Infinity };
      case '?':
        return { min: 0, max: 1 };
      default:
        return bounds(quantifier);
    }
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }
}

/** Of `{2}`, `{2,}` or `{2,5}`. */
function bounds(quantifier: string): Repeat {
  const [min = '', max] = quantifier.replace(/[{}?]/g, '').split(',');
  if (max === undefined) return { min: Number(min), max: Number(min) };
  return { min: Number(min), max: max === '' ? Infinity : Number(max) };
}
