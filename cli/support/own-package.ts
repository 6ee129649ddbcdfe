import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

interface OwnPackage {
  /** The package's folder. */
  readonly dir: string;
  readonly version: string;
}

/** The package that this command is a part of. */
export function ownPackage(): OwnPackage {
  // Two folders up from the sources, three from the build in dist/.
  const depth = import.meta.url.endsWith('.ts') ? '../..' : '../../..';
  const dir = fileURLToPath(new URL(depth, import.meta.url)).replace(/[/\\]$/, '');
  const { version } = readJson(join(dir, 'package.json')) as { readonly version: string };
  return { dir, version };
}

/**
 * Returns how a project can get the same package, as its package.json says it: the tarball or the repository that npm
 * installed it from, a checkout's folder, or its version on the registry.
 */
export function sourceOf({ dir, version }: OwnPackage, projectDir: string): string {
  const fromProject = (path: string): string => `file:${relative(projectDir, path).split(sep).join('/')}`;
  const modules = dirname(dir);
  if (basename(modules) !== 'node_modules') return fromProject(dir);
  const resolved = resolvedByNpm(modules, basename(dir));
  if (resolved === null || /^https?:/.test(resolved)) return `^${version}`;
  if (!resolved.startsWith('file:')) return resolved;
  return fromProject(resolve(dirname(modules), resolved.slice('file:'.length)));
}

/** The place from which npm got a package: a path is relative to the folder around node_modules. Null if npm did not install it. */
function resolvedByNpm(modules: string, name: string): string | null {
  try {
    const lock = readJson(join(modules, '.package-lock.json')) as {
      readonly packages?: Readonly<Record<string, { readonly resolved?: string } | undefined>>;
    };
    return lock.packages?.[`node_modules/${name}`]?.resolved ?? null;
  } catch {
    return null;
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
