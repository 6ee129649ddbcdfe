// Runs before every script that needs the installed packages: without `npm ci` Node would print ERR_MODULE_NOT_FOUND
// only. This script itself uses no package.
import { existsSync } from 'node:fs';

if (!existsSync(new URL('../node_modules/tsx/package.json', import.meta.url))) {
  console.error('Dependencies are missing: run npm ci first.');
  process.exitCode = 1;
}
