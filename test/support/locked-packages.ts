import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { findLocked, neededBy, readLockFile } from '../../tools/support/lock-file.ts';
import type { LockedPackages } from '../../tools/support/lock-file.ts';

const run = promisify(execFile);

interface LockedInstall {
  /** The project that provides the lock file and node_modules. */
  readonly root: string;
  /** The project that receives the packages. */
  readonly dir: string;
  readonly names: readonly string[];
  /** The workspaces whose own node_modules are searched before the root's. @default only the root's */
  readonly workspaces?: readonly string[];
  /**
   * Replacements: another dependency of this project (an alias that pins another version) takes the package's place.
   */
  readonly instead?: Readonly<Record<string, string>>;
}

interface Copy {
  readonly from: string;
  readonly to: string;
}

/**
 * Installs packages, with all their dependencies, in a project, in exactly the versions of `package-lock.json`, by
 * copying them from this project's node_modules. It asks no registry, so a test's result does not depend on new
 * publications.
 * @throws if a package is not in the lock file, or is not installed here in the lock file's version
 */
export async function installLocked({ root, dir, ...wanted }: LockedInstall): Promise<void> {
  const packages = await readLockFile(root);
  for (const { from, to } of await copiesFor(root, packages, wanted)) {
    const target = join(dir, to);
    await mkdir(dirname(target), { recursive: true });
    await copyFolder(join(root, from), target);
    // Nested node_modules have entries of their own in the lock file, so they are copied on their own if needed.
    await rm(join(target, 'node_modules'), { recursive: true, force: true });
  }
}

/** Links the files where that can be done: a copy of thousands of files takes six times as long, most of it in the kernel. */
async function copyFolder(from: string, to: string): Promise<void> {
  // The slash makes it copy what a link of a workspace leads to.
  const source = `${from}/`;
  try {
    await run('cp', ['-al', source, to]);
  } catch {
    // The folder is on another disk, or this is a `cp` that does not link.
    await rm(to, { recursive: true, force: true });
    await run('cp', ['-a', source, to]);
  }
}

async function copiesFor(
  root: string,
  packages: LockedPackages,
  { names: wanted, workspaces = [], instead = {} }: Omit<LockedInstall, 'root' | 'dir'>,
): Promise<Copy[]> {
  const copies = new Map<string, Copy>();
  // Each workspace can also use the root's packages.
  const places = workspaces.length === 0 ? [''] : workspaces;
  const pending = wanted.map((name) => ({ name, seenFrom: places, isOptional: false }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { name, seenFrom, isOptional } = next;
    const installed = instead[name] ?? name;
    const from = seenFrom
      .map((place) => findLocked(packages, place, installed))
      .find((path) => path !== null);
    if (from === undefined) {
      if (isOptional) continue;
      throw new Error(
        `${installed} is not in package-lock.json: add it to the dependencies, or run npm install.`,
      );
    }
    const locked = packages[from];
    const version = await installedVersion(root, from);
    // An optional dependency may be for another platform.
    if (isOptional && version === null) continue;
    checkVersion(installed, version, locked?.version);
    const to = destination(from, installed, name);
    const known = copies.get(to);
    if (known !== undefined && known.from !== from)
      throw new Error(`${known.from} and ${from} can't both be installed as ${to}.`);
    if (known !== undefined) continue;
    copies.set(to, { from, to });
    pending.push(
      ...(locked === undefined ? [] : neededBy(locked)).map((need) => ({ ...need, seenFrom: [from] })),
    );
  }
  return [...copies.values()];
}

async function installedVersion(root: string, path: string): Promise<string | null> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(root, path, 'package.json'), 'utf8'));
    return z.object({ version: z.string() }).parse(manifest).version;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function checkVersion(name: string, installed: string | null, locked: string | undefined): void {
  if (installed === locked) return;
  const found = installed === null ? 'is not installed' : `is installed in version ${installed}`;
  throw new Error(`${name} ${found}, package-lock.json says ${String(locked)}: run npm ci.`);
}

/** Returns the target path: a package of a workspace moves to the top, and an alias gets the name it stands for. */
function destination(from: string, installed: string, name: string): string {
  const own = from.slice(from.indexOf('node_modules/'));
  return `${own.slice(0, own.length - installed.length)}${name}`;
}
