/** One command of `turnkeeper`: a file in `commands/`, named in `main.ts`. */
export interface Command {
  /** One line for `turnkeeper --help`. */
  readonly summary: string;
  /** The text of `turnkeeper <command> --help`. */
  readonly help: string;
  /**
   * Runs it; a rejection ends the process with the error's message and code 1. An `ArgumentFault`, or an error of
   * `parseArgs`, is printed above the command's help.
   */
  readonly run: (args: readonly string[]) => Promise<void>;
}

/** An argument that a command does not take. */
export class ArgumentFault extends Error {}

/** True for an `ArgumentFault`, and for the errors of Node's `parseArgs`. */
export function isArgumentFault(error: unknown): error is Error {
  if (error instanceof ArgumentFault) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');
}
