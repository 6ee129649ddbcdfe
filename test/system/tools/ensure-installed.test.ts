import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const script = fileURLToPath(new URL('../../../tools/ensure-installed.mjs', import.meta.url));

/** Runs a copy of the script in a project that has only these packages. */
async function ensureInstalled(...packages: readonly string[]) {
  await using project = await temporaryFolder();
  await cp(script, join(project.path, 'tools/ensure-installed.mjs'));
  for (const name of packages) {
    await mkdir(join(project.path, 'node_modules', name), { recursive: true });
    await writeFile(join(project.path, 'node_modules', name, 'package.json'), '{}');
  }
  const copy = join(project.path, 'tools/ensure-installed.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [copy], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

it('says and does nothing where the packages are installed', async () => {
  expect(await ensureInstalled('tsx')).toEqual({ status: 0, stdout: '', stderr: '' });
});

it.each([{ packages: [] }, { packages: ['typescript'] }])(
  'says what to type and fails where there are only $packages',
  async ({ packages }) => {
    const stderr = 'Dependencies are missing: run npm ci first.\n';
    expect(await ensureInstalled(...packages)).toEqual({ status: 1, stdout: '', stderr });
  },
);

it('runs before everything else of each command that needs them', async () => {
  const manifest = await readFile(new URL('../../../package.json', import.meta.url), 'utf8');
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(manifest));
  for (const command of ['start', 'test', 'chat', 'demo', 'replay']) {
    expect(scripts[`pre${command}`], command).toMatch(/^node tools\/ensure-installed\.mjs( &&|$)/);
  }
});
