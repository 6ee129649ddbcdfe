import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadDefinitions } from '../../../server/definitions/load-definitions.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const guide = await readFile(new URL('../../../docs/workflows.md', import.meta.url), 'utf8');

it('shows workflows, in JSON and in TypeScript, that run side by side as they stand', async () => {
  const blocks = [...guide.matchAll(/```(json|ts)\n([^`]*)```/g)].filter(([, , code]) =>
    code?.includes('steps'),
  );
  await using folder = await temporaryFolder();
  for (const [index, [, extension = '', code = '']] of blocks.entries()) {
    await writeFile(join(folder.path, `example-${index}.${extension}`), code);
  }
  const loaded = await loadDefinitions(folder.path);
  const ids = ['equipment', 'shipment', 'hotel', 'visit', 'refund'];
  expect(loaded).toMatchObject({ ok: true, definitions: ids.map((id) => ({ id })) });
});
