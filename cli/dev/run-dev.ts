import { parseArgs } from 'node:util';
import { WatchedDefinitions } from '../../server/definitions/watched-definitions.ts';
import { runProcess } from '../../server/run-process.ts';
import { ArgumentFault } from '../command.ts';
import { isFolder, workflowsFolder } from '../support/workflows-folder.ts';
import { describeFaults, describeReload } from './describe-reload.ts';

/** Runs a server whose definitions are reloaded when they are saved. */
export async function runDev(args: readonly string[]): Promise<void> {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const [given, ...others] = positionals;
  if (others.length > 0)
    throw new ArgumentFault(`dev takes one folder, and was given ${positionals.join(', ')}.`);
  if (process.env['NODE_ENV'] === 'production')
    throw new Error('dev is for development, and NODE_ENV is production. Use turnkeeper start.');
  const { dir } = workflowsFolder(given);
  if (!(await isFolder(dir)))
    throw new Error(
      `There is no folder ${dir} here. Name the one of your definitions (turnkeeper dev DIR), or make a project: turnkeeper init NAME.`,
    );
  await runProcess({
    environment: { ...process.env, WORKFLOWS_DIR: dir },
    openDefinitions: async () => {
      const reloaded = await WatchedDefinitions.open(dir, {
        onReload: (reload) => console.log(describeReload(reload)),
      });
      if (reloaded.news.faults.length > 0) console.error(describeFaults(reloaded.news.faults));
      return { definitions: [], reloaded, shown: [...reloaded.current.values()] };
    },
  });
  console.log(`Saved definitions in ${dir} take effect with the next turn.`);
}
