import type { Command } from '../command.ts';

export const dev: Command = {
  summary: 'starts a server that reloads your definitions when you save them',
  help: `Usage: turnkeeper dev [DIR]

Starts a server with the definitions of a folder, a Redis of its own unless
REDIS_URL is set, and the chat page. A saved definition takes effect with the
next turn; a turn that runs ends on the one that it began with. Faults of a
saved file are shown here and on the page, and its last right definition runs
on. Settings are variables, as those of start: the README lists them.

  DIR      the folder of definitions
           (default: WORKFLOWS_DIR, or else ./workflows)
  --help   this text`,
  run: async (args) => {
    const { runDev } = await import('../dev/run-dev.ts');
    await runDev(args);
  },
};
