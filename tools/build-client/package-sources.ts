import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';

const sourceMap = z.looseObject({ sources: z.array(z.string()) });

/**
 * Names the sources in the built source maps by their places in the package's own folder (`./src/…`). As the bundler leaves them they
 * lead out of the package, so that a stack trace names a folder beside it, where there is nothing.
 * @param packageDir the folder that the sources' `src` is in; a source of elsewhere is a fault
 */
export async function namePackageSources(outDir: string, packageDir: string): Promise<void> {
  for (const name of await readdir(outDir)) {
    if (!name.endsWith('.js.map')) continue;
    const file = join(outDir, name);
    const map = sourceMap.parse(JSON.parse(await readFile(file, 'utf8')));
    const sources = map.sources.map((source) => {
      const path = relative(packageDir, resolve(outDir, source)).replaceAll('\\', '/');
      if (!path.startsWith('src/')) throw new Error(`${name} has a source that is not the client's: ${path}`);
      return `./${path}`;
    });
    await writeFile(file, JSON.stringify({ ...map, sources }));
  }
}
