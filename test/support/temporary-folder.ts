import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder outside the project that is gone after the test; to be held by `await using`. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'turnkeeper-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
