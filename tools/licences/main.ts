// `npm run licences`: lists the packages that a release ships, with licence and repository, in release/licences.md, and
// fails for a licence that is not allowed. It uses the lock file and node_modules only.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readLockFile } from '../support/lock-file.ts';
import { packageFacts } from '../support/package-facts.ts';
import { shippedPackages } from '../support/shipped-packages.ts';
import { listLicences } from './licences.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const { packages } = shippedPackages(await readLockFile(root));
const { page, summary, faults } = listLicences(
  await Promise.all(
    packages.map(async (shipped) => ({ ...shipped, ...(await packageFacts(root, shipped)) })),
  ),
);
await mkdir(new URL('../../release/', import.meta.url), { recursive: true });
await writeFile(new URL('../../release/licences.md', import.meta.url), page);
console.log(`${summary}.\nWrote release/licences.md.`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
