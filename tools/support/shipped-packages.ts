import { findLocked, neededBy } from './lock-file.ts';
import type { LockedPackage, LockedPackages, NeededPackage } from './lock-file.ts';

/** A package that reaches users: a release installs it, or its code is part of the chat page. */
export interface ShippedPackage {
  /** The name under which it is published, whatever alias it is installed under. */
  readonly name: string;
  readonly version: string;
  /** Its folder, relative to the project's: `node_modules/zod`. */
  readonly path: string;
  readonly locked: LockedPackage;
  /** The paths of the shipped packages that it needs. */
  readonly needs: readonly string[];
}

/** The parts of a release, by their folders: the server with the project's own manifest, the client, the chat page. */
const parts = ['', 'client-sdk', 'apps/chat'] as const;

export interface Shipment {
  /** In order of name and version, each once. */
  readonly packages: readonly ShippedPackage[];
  /** The paths of all packages that the parts need themselves. */
  readonly needs: readonly string[];
}

/**
 * Lists what a release ships, from the lock file alone: the production dependencies of the server and of the client,
 * with all that they need, and the packages whose code the chat page's bundle may contain.
 *
 * The page's packages are development dependencies, because a server needs none of them at run time. They all count,
 * with their dependencies, but for those that build the page, and for type declarations. A peer is bundled only if the
 * page names it itself.
 * @throws if the lock file lacks a package that another one needs
 */
export function shippedPackages(locked: LockedPackages): Shipment {
  const found = new Map<string, ShippedPackage>();
  const resolveAll = (from: string, needed: readonly NeededPackage[]): string[] =>
    needed.flatMap(({ name, isOptional }) => {
      const path = findLocked(locked, from, name);
      if (path === null && !isOptional) throw new Error(`package-lock.json lacks ${name}, needed by ${from}`);
      return path ?? [];
    });
  const needs = parts.flatMap((part) => {
    const needsOf = part === 'apps/chat' ? bundledBy : neededBy;
    const direct = resolveAll(part, needsOf(lockedAt(locked, part)));
    const pending = [...direct];
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      const own = lockedAt(locked, path);
      const itsNeeds = resolveAll(path, needsOf(own));
      const known = found.get(path);
      // A package of the server and the page has the needs of both.
      const all = [...new Set([...(known?.needs ?? []), ...itsNeeds])];
      if (known !== undefined && all.length === known.needs.length) continue;
      found.set(path, {
        name: nameOf(path, own),
        version: versionOf(path, own),
        path,
        locked: own,
        needs: all,
      });
      pending.push(...itsNeeds);
    }
    return direct;
  });
  return { packages: [...found.values()].sort(byName), needs: [...new Set(needs)] };
}

/** Returns the packages whose code becomes part of the bundle with a package's, or with the page's own. */
function bundledBy({ dependencies, devDependencies }: LockedPackage): NeededPackage[] {
  return Object.keys({ ...dependencies, ...devDependencies })
    .filter((name) => !isBuildTool(name) && !isOurs(name))
    .map((name) => ({ name, isOptional: false }));
}

const isBuildTool = (name: string): boolean => /^(vite$|@vitejs\/|@types\/)/.test(name);
/** A workspace; its packages count as its own. */
const isOurs = (name: string): boolean => name.startsWith('@turnkeeper/');

function lockedAt(locked: LockedPackages, path: string): LockedPackage {
  const found = locked[path];
  if (found === undefined) throw new Error(`package-lock.json has no ${path === '' ? 'project' : path}`);
  return found;
}

function nameOf(path: string, { name }: LockedPackage): string {
  const folder = 'node_modules/';
  return name ?? path.slice(path.lastIndexOf(folder) + folder.length);
}

function versionOf(path: string, { version }: LockedPackage): string {
  if (version === undefined) throw new Error(`package-lock.json has no version of ${path}`);
  return version;
}

function byName(one: ShippedPackage, other: ShippedPackage): number {
  const [left, right] = [one, other].map(({ name, version, path }) => `${name}@${version} ${path}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
