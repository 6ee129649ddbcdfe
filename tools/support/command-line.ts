/** A tool's arguments, a request for its usage text, or a fault to print. */
export type ReadArguments<Arguments> =
  | { readonly kind: 'arguments'; readonly arguments: Arguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'fault'; readonly message: string };

/**
 * Reads the arguments of a tool.
 * @param read returns null for `--help`; the message of an error, like those of `parseArgs`, becomes the fault
 */
export function readCommandLine<Arguments>(read: () => Arguments | null): ReadArguments<Arguments> {
  try {
    const args = read();
    return args === null ? { kind: 'help' } : { kind: 'arguments', arguments: args };
  } catch (error) {
    return { kind: 'fault', message: error instanceof Error ? error.message : String(error) };
  }
}

/** Runs a tool, or prints its usage text; after a fault the exit code is 1. */
export async function runCommand<Arguments>(
  read: ReadArguments<Arguments>,
  usage: string,
  run: (args: Arguments) => Promise<void>,
): Promise<void> {
  switch (read.kind) {
    case 'help':
      console.log(usage);
      return;
    case 'fault':
      console.error(`${read.message}\n\n${usage}`);
      process.exitCode = 1;
      return;
    case 'arguments':
      await run(read.arguments);
  }
}
