/** One thing wrong with a definition: where, and what to do about it. */
export interface DefinitionFault {
  /** Dotted, from the definition's root: `steps.1.collects.startDate`. Empty for the whole. */
  readonly path: string;
  readonly message: string;
}
