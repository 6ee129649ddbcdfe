import type { Command } from '../command.ts';

export const check: Command = {
  summary: 'checks the definitions of a folder, without starting anything',
  help: `Usage: turnkeeper check [--replays FOLDER|FILE]... [DIR]
       turnkeeper check --schema

Checks the workflow definitions of a folder as a start does, without starting
anything, and lists every fault with its file and place. If there is any, the
exit code is 1. A definition in TypeScript or JavaScript is run by this.

  DIR                      the folder of definitions
                           (default: WORKFLOWS_DIR, or else ./workflows)
  --replays FOLDER|FILE    checks replay files, too, but plays none; may be
                           given several times
  --schema                 prints the JSON Schema of definitions in JSON instead,
                           for editors
  --help                   this text`,
  run: async (args) => {
    const { runCheck } = await import('../check/run-check.ts');
    await runCheck(args);
  },
};
