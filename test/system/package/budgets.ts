/**
 * The most that the client may weigh in a page's bundle, minified and gzipped, tRPC's and superjson's part included. Each is 3 %
 * above what package-lock.json's versions come to, so that a patch release of a dependency fits and a new one does not.
 */
export const gzipBudgets = {
  /** A page that uses the client alone (samples/browser.js): 15.5 KB. */
  client: 16_000,
  /** A page that uses every hook (samples/hooks.js), its peers aside: 20.9 KB. */
  hooks: 21_500,
} as const;

/** What an application that uses the hooks has anyway. */
export const hooksPeers = ['react', '@tanstack/react-query', '@trpc/tanstack-react-query'];
