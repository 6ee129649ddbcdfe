import { z } from 'zod';

/** What the workspace's manifest says that the published one repeats, and its entries, which are source files. */
const sourceManifest = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  keywords: z.array(z.string()),
  license: z.string(),
  type: z.literal('module'),
  sideEffects: z.literal(false),
  engines: z.record(z.string(), z.string()),
  exports: z.record(z.string().regex(/^\.(\/[a-z]+)?$/), z.string()),
  dependencies: z.record(z.string(), z.string()),
  peerDependencies: z.record(z.string(), z.string()).optional(),
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean() })).optional(),
});

type SourceManifest = z.infer<typeof sourceManifest>;

export function parseSourceManifest(text: string): SourceManifest {
  return sourceManifest.parse(JSON.parse(text));
}

/** The name of an entry's files: `index` for `.`, `react` for `./react`. */
export function entryName(subpath: string): string {
  return subpath === '.' ? 'index' : subpath.slice('./'.length);
}

/**
 * The manifest of the package as it is published: the same, but its entries are what was built, because npm does not
 * apply `publishConfig.exports`.
 */
export function publishedManifest({ exports, ...repeated }: SourceManifest): object {
  const built = Object.keys(exports).map((subpath) => {
    const name = entryName(subpath);
    return [subpath, { types: `./${name}.d.ts`, default: `./${name}.js` }] as const;
  });
  return {
    ...repeated,
    exports: { ...Object.fromEntries(built), './package.json': './package.json' },
    // For tools that don't know `exports`.
    main: './index.js',
    types: './index.d.ts',
    files: ['*.js', '*.js.map', '*.d.ts'],
  };
}
