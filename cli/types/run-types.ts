import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { isTurnkeeperError } from '../../client-sdk/src/index.ts';
import type { DefinitionResult } from '../../contract/results.ts';
import { prepareWorkflows } from '../../server/domain/workflow.ts';
import { describeDefinitions } from '../../server/orchestrator/describe-definitions.ts';
import { ArgumentFault } from '../command.ts';
import { ownPackage } from '../support/own-package.ts';
import { connect, isHttpUrl } from '../support/connect.ts';
import { plainText } from '../support/plain-text.ts';
import { existingWorkflowsFolder, readDefinitions } from '../support/workflows-folder.ts';
import { printTypes } from './print-types.ts';

/** Writes the types of the workflows in a folder, or of a running server, to a file or to standard output. */
export async function runTypes(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { out: { type: 'string' } },
    allowPositionals: true,
  });
  const [source, ...others] = positionals;
  if (others.length > 0)
    throw new ArgumentFault(`types takes one folder or server, and was given: ${args.join(' ')}`);
  const definitions =
    source !== undefined && isHttpUrl(source) ? await ofServer(source) : await ofFolder(source);
  const text = printTypes(definitions, ownPackage().version);
  if (values.out === undefined) {
    process.stdout.write(text);
    return;
  }
  await writeFile(values.out, text);
  console.log(`${values.out} has the types of ${definitions.map(({ id }) => id).join(', ')}.`);
}

/** The definitions as a server would describe them, so that both sources give the same types. */
async function ofFolder(given: string | undefined): Promise<readonly DefinitionResult[]> {
  const dir = await existingWorkflowsFolder(given);
  return describeDefinitions(prepareWorkflows(await readDefinitions(dir)));
}

async function ofServer(url: string): Promise<readonly DefinitionResult[]> {
  try {
    return await connect({ url }).definitions();
  } catch (error) {
    if (!isTurnkeeperError(error)) throw error;
    const hint = error.reason === 'UNAUTHENTICATED' ? ' Put an access token into TURNKEEPER_TOKEN.' : '';
    throw new Error(plainText(error.message) + hint, { cause: error });
  }
}
