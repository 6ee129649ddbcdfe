/**
 * Maximum sizes of the client in a page's bundle, in bytes, minified and gzipped, with tRPC and superjson. Each is 3 %
 * above the size with package-lock.json's versions, so that a patch release of a dependency fits and a new one does
 * not.
 */
export const gzipBudgets = {
  /** A page that uses the client alone (samples/browser.js): 15.6 KB. */
  client: 16_100,
  /** A page that uses every hook (samples/hooks.js), its peers aside: 21.1 KB. */
  hooks: 21_800,
} as const;

/** The packages that an application with the hooks has anyway. */
export const hooksPeers = ['react', '@tanstack/react-query', '@trpc/tanstack-react-query'];
