import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/**
 * The secret for digests that is kept in the data folder, beside the server's own Redis: made once, the same on every
 * start.
 * @throws Error when the folder can't be written
 */
export async function ownSecret(dataDir: string): Promise<string> {
  const path = resolve(dataDir, 'digest-secret');
  const kept = await read(path);
  if (kept !== null) return kept;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // Written whole under another name and then linked: a server that starts at the same time finds all of one, or
  // nothing.
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const made = randomBytes(32).toString('base64url');
  try {
    await writeFile(draft, made, { mode: 0o600 });
    await link(draft, path).catch(unlessThere);
  } finally {
    await rm(draft, { force: true });
  }
  return (await read(path)) ?? made;
}

/** Null where there is none. */
async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}
