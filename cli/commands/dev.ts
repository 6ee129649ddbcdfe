import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Command } from '../command.ts';
import { describeFaults, describeReload } from '../dev/describe-reload.ts';

const defaultDir = 'workflows';

export const dev: Command = {
  summary: 'starts a server that reloads your definitions when you save them',
  help: [
    'Usage: turnkeeper dev [FOLDER]',
    '',
    `Starts a server with the definitions in FOLDER (default: WORKFLOWS_DIR, else ${defaultDir}), its own Redis unless REDIS_URL`,
    'is set, and the chat page. A saved definition takes effect with the next turn; a turn that runs ends on the one that it',
    'began with. Faults of a saved file are shown here and on the page, and its last right definition runs on. Variables are',
    "start's: the README lists them.",
  ].join('\n'),
  run: async (args) => {
    const dir = folderOf(args);
    if (process.env['NODE_ENV'] === 'production')
      throw new Error('dev is for development, and NODE_ENV is production. Use turnkeeper start.');
    if (!(await isFolder(dir)))
      throw new Error(
        `There is no folder ${dir} here. Name the one of your definitions (turnkeeper dev FOLDER), or make a project: turnkeeper init NAME.`,
      );
    const [{ runProcess }, { WatchedDefinitions }] = await Promise.all([
      import('../../server/run-process.ts'),
      import('../../server/definitions/watched-definitions.ts'),
    ]);
    await runProcess({
      environment: { ...process.env, WORKFLOWS_DIR: dir },
      openDefinitions: async () => {
        const reloaded = await WatchedDefinitions.open(dir, {
          onReload: (reload) => console.log(describeReload(reload)),
          onTrouble: ({ message }) =>
            console.error(
              `Files can't be watched (${message}): restart to take up what you save from now on.`,
            ),
        });
        if (reloaded.news.faults.length > 0) console.error(describeFaults(reloaded.news.faults));
        return { definitions: [], reloaded, shown: [...reloaded.current.values()] };
      },
    });
    console.log(`Saved definitions in ${dir} take effect with the next turn.`);
  },
};

/** @throws Error for other arguments than one folder */
function folderOf(args: readonly string[]): string {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const [dir = process.env['WORKFLOWS_DIR'] ?? defaultDir, ...others] = positionals;
  if (others.length > 0) throw new Error(`dev takes one folder, and was given ${positionals.join(', ')}.`);
  return dir;
}

async function isFolder(dir: string): Promise<boolean> {
  try {
    return (await stat(dir)).isDirectory();
  } catch {
    return false;
  }
}
