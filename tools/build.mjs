// Compiles the server and the shipped workflows into dist/, and copies beside them what they read at run time.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

// What an earlier build left would be loaded along: a definition that is gone, for one.
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);

copyTree('server', /\.lua$/);
copyTree('workflows', /^[^/]*\.json$/);

/** Copies the files of a top-level folder whose path within it matches. */
function copyTree(folder, pattern) {
  const from = new URL(`../${folder}/`, import.meta.url);
  for (const path of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    const name = path.replaceAll('\\', '/');
    if (pattern.test(name))
      cpSync(new URL(name, from), new URL(`../dist/${folder}/${name}`, import.meta.url));
  }
}
