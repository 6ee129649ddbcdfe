import type { Command } from '../command.ts';

export const init: Command = {
  summary: 'makes a project: a procedure, its tests and its CI',
  help: `Usage: turnkeeper init NAME

Makes a project in a new folder: the definition of a procedure, a contract test,
recorded dialogues, and a workflow for CI.

  NAME     the folder, and the id of the procedure: lower-case words joined by
           hyphens, like leave-request
  --help   this text`,
  run: async (args) => {
    const { runInit } = await import('../init/run-init.ts');
    await runInit(args);
  },
};
