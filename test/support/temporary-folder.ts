import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Creates a folder outside the project that is deleted after the test; use with `await using`. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'turnkeeper-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
