/**
 * Maximum sizes of the client in a page's bundle, in bytes, minified and gzipped, with tRPC and superjson. Each is 3 %
 * above the size with package-lock.json's versions, so that a patch release of a dependency fits and a new one does
 * not.
 */
export const gzipBudgets = {
  /** A page that uses the client alone (samples/browser.js): 15.7 KB. */
  client: 16_200,
  /** A page that uses every hook (samples/hooks.js), its peers aside: 21.5 KB. */
  hooks: 22_200,
} as const;

/** The packages that an application with the hooks has anyway. */
export const hooksPeers = ['react', '@tanstack/react-query', '@trpc/tanstack-react-query'];
