// Runs before anything that needs the installed packages: after an `npm ci` that failed or was never run, Node would
// only print ERR_MODULE_NOT_FOUND. Plain Node, so that it needs none of them.
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../node_modules/tsx/package.json', import.meta.url))) {
  console.error('Dependencies are missing: run npm ci first.');
  process.exitCode = 1;
}
