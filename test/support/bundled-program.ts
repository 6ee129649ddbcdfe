import { fileURLToPath } from 'node:url';
import { bundleIn, bundleProgram } from '../../tools/support/bundle-program.ts';
import { oncePerRun } from './once-per-run.ts';

const projectDir = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles a TypeScript program of this project, once for the whole run, and returns the path of the bundle. Node starts
 * a server from it with a sixth of the computing that `tsx` needs, and the tests start hundreds.
 */
export async function bundledProgram(program: string): Promise<string> {
  const dir = await oncePerRun(`bundle-${program.replaceAll('/', '-')}`, async (empty) => {
    await bundleProgram(projectDir, program, empty);
  });
  return bundleIn(dir);
}
