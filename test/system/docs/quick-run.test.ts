import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { z } from 'zod';

const checkout = fileURLToPath(new URL('../../..', import.meta.url));
const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));

it('`npm test` selects the quick projects only, and of the browser’s tests one conversation', async () => {
  const manifest: unknown = JSON.parse(await readFile(`${checkout}package.json`, 'utf8'));
  const { scripts } = z.object({ scripts: z.object({ test: z.string() }) }).parse(manifest);
  const [program, command, ...options] = scripts.test.split(' ');
  expect([program, command]).toEqual(['vitest', 'run']);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [vitest, 'list', '--filesOnly', '--json', ...options],
    { cwd: checkout, maxBuffer: 8_000_000 },
  );
  const files = z.array(z.object({ file: z.string(), projectName: z.string() })).parse(JSON.parse(stdout));
  expect([...new Set(files.map(({ projectName }) => projectName))].sort()).toEqual([
    'browser',
    'hooks',
    'redis',
    'unit',
  ]);
  expect(files.filter(({ file }) => file.includes('/test/system/'))).toHaveLength(1);
});
