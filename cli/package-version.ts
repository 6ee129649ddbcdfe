import { readFileSync } from 'node:fs';

/** The version of the package that this command is part of. */
export function packageVersion(): string {
  // One folder up from the sources, two from the build in dist/.
  const depth = import.meta.url.endsWith('.ts') ? '..' : '../..';
  const manifest = JSON.parse(readFileSync(new URL(`${depth}/package.json`, import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return manifest.version;
}
