import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const names = z.record(z.string(), z.string()).default({});

const lockedPackage = z.object({
  /** The package's own name where it is installed under an alias; also that of a workspace. */
  name: z.string().optional(),
  version: z.string().optional(),
  license: z.string().optional(),
  /** Subresource integrity: `sha512-` and the tarball's digest in base64. */
  integrity: z.string().optional(),
  /** True for a workspace of this project; another project has none of them. */
  link: z.boolean().default(false),
  dependencies: names,
  devDependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().optional() })).default({}),
});

const lockFile = z.object({ packages: z.record(z.string(), lockedPackage) });

export type LockedPackage = z.infer<typeof lockedPackage>;

/** The `packages` of `package-lock.json`: the package installed at each path. `''` is the project itself. */
export type LockedPackages = z.infer<typeof lockFile>['packages'];

/** @throws if the folder has no `package-lock.json` of npm 7 or later */
export async function readLockFile(root: string): Promise<LockedPackages> {
  return lockFile.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))).packages;
}

/** Returns the path at which Node resolves a package from another path, going up; `null` if there is none. */
export function findLocked(packages: LockedPackages, from: string, name: string): string | null {
  for (let place = from; ; place = place.includes('/') ? dirname(place) : '') {
    const path = place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`;
    const found = packages[path];
    if (found !== undefined && !found.link) return path;
    if (place === '') return null;
  }
}

export interface NeededPackage {
  readonly name: string;
  /** True if it may be missing: npm leaves out optional dependencies for other platforms. */
  readonly isOptional: boolean;
}

/**
 * Returns the packages that npm would install too: dependencies, optional dependencies, and peers that are not
 * optional.
 */
export function neededBy(locked: LockedPackage): NeededPackage[] {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = locked;
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  const optional = Object.keys(optionalDependencies);
  const required = [...Object.keys(dependencies), ...peers].filter((name) => !optional.includes(name));
  return [
    ...required.map((name) => ({ name, isOptional: false })),
    ...optional.map((name) => ({ name, isOptional: true })),
  ];
}
