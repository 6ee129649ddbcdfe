import type { Command } from '../command.ts';

export const types: Command = {
  summary: 'writes the TypeScript types of workflows, for the client and its hooks',
  help: `Usage: turnkeeper types [--out FILE] [DIR|URL]

Writes a TypeScript module with the types of the workflows in a folder, or of
those that a running server has, for clients and hooks of @turnkeeper/client:
createTurnkeeperClient<Workflows>({ url }).

  DIR            the folder of definitions, in JSON, TypeScript or JavaScript
                 (default: WORKFLOWS_DIR, or else ./workflows)
  URL            a running server: http://127.0.0.1:3000
  --out FILE     the file to write (default: standard output)
  --help         this text

The same workflows give the same text. A server that checks credentials gets
the token in the variable TURNKEEPER_TOKEN.`,
  run: async (args) => {
    const { runTypes } = await import('../types/run-types.ts');
    await runTypes(args);
  },
};
