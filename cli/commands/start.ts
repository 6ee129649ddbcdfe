import { ArgumentFault } from '../command.ts';
import type { Command } from '../command.ts';

export const start: Command = {
  summary: 'starts a server with the settings of the environment',
  help: [
    'Usage: turnkeeper start',
    '',
    'Starts a server with the settings of the environment: WORKFLOWS_DIR is the folder of your definitions, PORT the',
    'port, REDIS_URL the Redis. The README lists all variables. Ctrl-C stops it once the running turns have finished.',
  ].join('\n'),
  run: async (args) => {
    if (args.length > 0)
      throw new ArgumentFault(
        `start takes no arguments, and was given ${args.join(' ')}: set variables instead.`,
      );
    const { runProcess } = await import('../../server/run-process.ts');
    await runProcess();
  },
};
