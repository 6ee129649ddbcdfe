/** One command of `turnkeeper`: a file in `commands/`, named in `main.ts`. */
export interface Command {
  /** One line for `turnkeeper --help`. */
  readonly summary: string;
  /** The text of `turnkeeper <command> --help`. */
  readonly help: string;
  /** Runs it; a rejection ends the process with the error's message and code 1. */
  readonly run: (args: readonly string[]) => Promise<void>;
}
