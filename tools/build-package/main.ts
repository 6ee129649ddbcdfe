// Part of `npm run build`: writes the declarations of the package's entries into dist/types/. They name no file of the
// sources, so what is private stays private.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { writeDeclarations } from '../build-client/write-declarations.ts';
import { entries } from './entries.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outDir = fileURLToPath(new URL('../../dist/types', import.meta.url));
await mkdir(outDir, { recursive: true });
await writeDeclarations({
  root,
  entries: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, `${root}${file}`])),
  outDir,
});
