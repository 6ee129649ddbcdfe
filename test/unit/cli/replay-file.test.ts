import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readReplayFile } from '../../../cli/support/replay-file.ts';
import { existingWorkflowsFolder, workflowsFolder } from '../../../cli/support/workflows-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeFiles } from '../../system/docs/page.ts';

it('a replay file that names a workflow has a fault where there is no folder of definitions', async () => {
  await using folder = await temporaryFolder();
  const turns = [{ user: 'two', expect: { currentStep: 'order' } }];
  const code = JSON.stringify({ workflow: 'pizza', dialogues: [{ id: 'd', turns }] });
  await writeFiles(folder.path, [{ name: 'pizza.json', code }]);
  expect(await readReplayFile(join(folder.path, 'pizza.json'), [])).toEqual({
    ok: false,
    faults: [
      {
        path: 'workflow',
        message: 'there is no workflow "pizza": name the folder of its definition with --workflows',
      },
    ],
  });
});

it('definitions are in the folder that is given, else in that of WORKFLOWS_DIR, else in ./workflows', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('WORKFLOWS_DIR', 'no-such-folder');
  expect(workflowsFolder('given')).toEqual({ dir: 'given', isNamed: true });
  expect(workflowsFolder(undefined)).toEqual({ dir: 'no-such-folder', isNamed: true });
  await expect(existingWorkflowsFolder(undefined)).rejects.toThrow(
    'There is no folder no-such-folder. Name the folder of your definitions, or set WORKFLOWS_DIR.',
  );
  vi.stubEnv('WORKFLOWS_DIR', undefined);
  expect(workflowsFolder(undefined)).toEqual({ dir: 'workflows', isNamed: false });
  expect(await existingWorkflowsFolder(undefined)).toBe('workflows');
});
