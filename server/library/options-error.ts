/** One option that is wrong, and what it must be. Reads as a sentence: `port must be …`. */
export interface OptionFault {
  readonly option: string;
  readonly message: string;
}

/**
 * The options of `createTurnkeeper` have faults: the message lists all of them, without the value of a secret.
 *
 * @example
 * ```ts
 * if (error instanceof OptionsError) console.error(error.faults.map(({ option }) => option));
 * ```
 */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
  readonly faults: readonly OptionFault[];

  constructor(faults: readonly OptionFault[]) {
    const lines = faults.map(({ option, message }) => `  ${option} ${message}`);
    super(['The options of createTurnkeeper have faults:', ...lines].join('\n'));
    this.faults = faults;
  }
}
