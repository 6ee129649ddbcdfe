import type { Command } from '../command.ts';

export const replay: Command = {
  summary: 'plays recorded dialogues through a real server, and prints the differences',
  help: `Usage: turnkeeper replay [--workflows DIR] FOLDER|FILE...

Plays the dialogues of replay files (JSON), or of all those in a folder, through
a real server, and prints the differences. If there are any, the exit code is 1.

  --workflows DIR      the folder of the definitions that the files name by id
                       (default: WORKFLOWS_DIR, or else ./workflows)
  --help               this text

REDIS_URL names the Redis; what was played is purged from it. Without one, a
redis-server of this machine runs in a temporary folder until all is played.
docs/workflows.md describes the format of a replay file.`,
  run: async (args) => {
    const { runReplay } = await import('../replay/run-replay.ts');
    await runReplay(args);
  },
};
