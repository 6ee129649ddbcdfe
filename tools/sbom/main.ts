// `npm run sbom`: writes the bill of materials of a release to release/sbom.cdx.json. It uses the lock file and
// node_modules only.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { readLockFile } from '../support/lock-file.ts';
import { packageFacts } from '../support/package-facts.ts';
import { shippedPackages } from '../support/shipped-packages.ts';
import { writeSbom } from './sbom.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const manifest: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
const { version } = z.object({ version: z.string() }).parse(manifest);
const { packages, needs } = shippedPackages(await readLockFile(root));
const known = await Promise.all(
  packages.map(async (shipped) => ({ ...shipped, ...(await packageFacts(root, shipped)) })),
);
await mkdir(new URL('../../release/', import.meta.url), { recursive: true });
await writeFile(
  new URL('../../release/sbom.cdx.json', import.meta.url),
  writeSbom({ version, packages: known, needs }),
);
console.log(`Wrote release/sbom.cdx.json: ${known.length} packages.`);
