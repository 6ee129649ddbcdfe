import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { hooksPeers } from '../../test/system/package/budgets.ts';
import { packClient, tarballIn, unpackedIn } from '../../test/system/package/pack-client.ts';
import { installLocked } from '../../test/support/locked-packages.ts';

const run = promisify(execFile);

/** A project with the packed client installed. */
export interface InstalledClient {
  readonly dir: string;
  /** The client's tarball. */
  readonly tarball: string;
  /** The dependencies of the client, and the packages that its hooks need. */
  readonly packages: readonly string[];
}

const besides = ['react', 'react-dom', '@types/react', 'typescript'];
const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()).default({}),
});

/** Installs the versions of package-lock.json without a registry. */
export async function installOurs(root: string, folder: string): Promise<InstalledClient> {
  const packed = join(folder, 'packed');
  await mkdir(packed);
  await packClient(root, packed);
  const dir = await emptyProject(folder, 'locked');
  const packageDir = join(dir, 'node_modules/@turnkeeper/client');
  await cp(unpackedIn(packed), packageDir, { recursive: true });
  const manifest = await readManifest(packageDir);
  const packages = [...Object.keys(manifest.dependencies), ...hooksPeers];
  const workspaces = ['client-sdk', 'apps/chat'];
  await installLocked({ root, dir, names: [...packages, ...besides], workspaces });
  return { dir, tarball: tarballIn(packed), packages };
}

/** Installs the newest versions that the client's manifest allows from a registry. */
export async function installNewest(folder: string, ours: InstalledClient): Promise<InstalledClient> {
  const dir = await emptyProject(folder, 'newest');
  const { peerDependencies } = await readManifest(join(ours.dir, 'node_modules/@turnkeeper/client'));
  const peers = hooksPeers.map((name) => `${name}@${peerDependencies[name] ?? 'latest'}`);
  const others = besides.filter((name) => !hooksPeers.includes(name));
  const options = ['--prefer-online', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run('npm', ['install', ...options, ours.tarball, ...peers, ...others], { cwd: dir });
  return { ...ours, dir };
}

async function emptyProject(folder: string, name: string): Promise<string> {
  const dir = join(folder, name);
  await mkdir(dir);
  await writeFile(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  return dir;
}

async function readManifest(packageDir: string) {
  return manifestSchema.parse(JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')));
}
