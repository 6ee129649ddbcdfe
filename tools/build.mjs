// Builds the package: compiles the server, the command and the shipped workflows into dist/, with declarations of the
// entries, and copies the files that they read at run time and the built chat page.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript-7/package.json')), 'bin', 'tsc');

// The server would load a workflow that an earlier build left and that has been deleted since.
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
run(tsc, '--singleThreaded', '-p', 'tsconfig.build.json');
run('--import', 'tsx', 'tools/build-package/main.ts');
run('tools/build-chat.mjs');

copyTree('server', /\.lua$/);
copyTree('workflows', /^([^/]*|definition\/definition\.schema)\.json$/);
copyTree('cli', /^init\/template\/(.*\.\w+|_gitignore)$/);
copyTree('apps/chat/dist', /\.\w+$/);

function run(...parameters) {
  const { status } = spawnSync(process.execPath, parameters, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

/** Copies the files of a folder whose relative path matches. */
function copyTree(folder, pattern) {
  const from = new URL(`../${folder}/`, import.meta.url);
  for (const path of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    const name = path.replaceAll('\\', '/');
    if (pattern.test(name))
      cpSync(new URL(name, from), new URL(`../dist/${folder}/${name}`, import.meta.url));
  }
}
