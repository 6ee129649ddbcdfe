import { execFile } from 'node:child_process';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { buildClient } from '../../../tools/build-client/build-client.ts';

const run = promisify(execFile);

/** Builds the client from the sources of a project and packs it into a folder, as publishing does. */
export async function packClient(root: string, dir: string): Promise<void> {
  const built = join(dir, 'built');
  await buildClient(root, built);
  await run('npm', ['pack', built, '--pack-destination', dir]);
  const packed = (await readdir(dir)).filter((name) => name.endsWith('.tgz'));
  await rename(join(dir, z.tuple([z.string()]).parse(packed)[0]), tarballIn(dir));
  await mkdir(unpackedIn(dir));
  await run('tar', ['-xzf', tarballIn(dir), '-C', unpackedIn(dir), '--strip-components=1']);
}

export const tarballIn = (dir: string) => join(dir, 'turnkeeper-client.tgz');
/** Returns the folder with the tarball's contents. */
export const unpackedIn = (dir: string) => join(dir, 'unpacked');
