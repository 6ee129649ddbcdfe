export type Environment = Readonly<Record<string, string | undefined>>;

/** One variable that is wrong, and what it must be. Reads as a sentence: `PORT must be …`. */
export interface EnvironmentFault {
  readonly name: string;
  readonly message: string;
}
