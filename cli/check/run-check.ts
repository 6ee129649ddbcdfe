import { parseArgs } from 'node:util';
import { definitionJsonSchema } from '../../workflows/definition/definition-schema.ts';
import { ArgumentFault } from '../command.ts';
import { existingWorkflowsFolder } from '../support/workflows-folder.ts';
import { checkFiles, describeCheck } from './check-files.ts';

/** Checks the definitions of a folder, and the replay files that are named, and prints what it finds. */
export async function runCheck(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { replays: { type: 'string', multiple: true }, schema: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.schema === true) {
    console.log(JSON.stringify(definitionJsonSchema(), null, 2));
    return;
  }
  const [given, ...others] = positionals;
  if (others.length > 0)
    throw new ArgumentFault(`check takes one folder, and was given ${positionals.join(', ')}.`);
  const check = await checkFiles(await existingWorkflowsFolder(given), values.replays ?? []);
  console.log(describeCheck(check));
  if (check.files.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
}
