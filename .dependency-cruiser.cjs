/** The dependency direction of docs/architecture.md: main → compose → {http, router, adapters} → orchestrator → {domain, workflows}. */
const adapters = 'server/(store|lease|feed|agents|auth|observability|embedded-redis|definitions)';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', '\\.(c|m)js$', '\\.config\\.ts$', 'test/'] },
      to: {},
    },
    {
      name: 'only-main-composes',
      comment: 'main is the only production entry of compose; tests and tools start the server the same way.',
      severity: 'error',
      from: { path: '^server', pathNot: '^server/(main|run-server)\\.ts$' },
      to: { path: '^server/(main|run-server|compose)\\.ts$' },
    },
    {
      name: 'workflows-know-only-zod',
      severity: 'error',
      from: { path: '^workflows' },
      to: { pathNot: ['^workflows', 'node_modules/zod/'] },
    },
    {
      name: 'domain-is-pure',
      comment: 'The domain knows itself and the definitions; no effects, no libraries but zod.',
      severity: 'error',
      from: { path: '^server/domain' },
      to: { pathNot: ['^server/domain', '^workflows', 'node_modules/zod/'] },
    },
    {
      name: 'orchestrator-knows-domain-and-workflows',
      severity: 'error',
      from: { path: '^server/orchestrator' },
      to: {
        pathNot: [
          '^server/orchestrator',
          '^server/domain',
          '^workflows',
          'node_modules/zod/',
          '^crypto$',
          '^node:crypto$',
          '^(node:)?events$',
        ],
      },
    },
    {
      name: 'adapters-do-not-know-each-other-or-the-router',
      severity: 'error',
      from: { path: `^${adapters}/` },
      to: {
        path: '^server/',
        pathNot: ['^server/(domain|orchestrator)/', '^server/redis/', '^$1/'].concat(`^${adapters}/`),
      },
    },
    {
      name: 'an-adapter-does-not-know-another-adapter',
      severity: 'error',
      from: { path: '^server/(store|lease|feed|agents|auth|observability|embedded-redis|definitions)/' },
      to: {
        path: `^${adapters}/`,
        pathNot: '^server/$1/',
      },
    },
    {
      name: 'router-knows-the-orchestrator-only',
      comment: 'A server dependency that the router names would reach the declarations of the client SDK.',
      severity: 'error',
      from: { path: '^server/router' },
      to: {
        pathNot: [
          '^server/router',
          '^server/orchestrator',
          '^server/domain',
          '^workflows',
          'node_modules/(@trpc/server|zod|superjson)/',
        ],
      },
    },
    {
      name: 'http-does-not-know-adapters',
      severity: 'error',
      from: { path: '^server/http' },
      to: { path: `^${adapters}/` },
    },
    {
      name: 'the-sdk-takes-only-types-from-the-server',
      severity: 'error',
      from: { path: '^client-sdk' },
      to: { path: '^(server|workflows)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'production-does-not-know-testing',
      comment: 'The in-memory store is for contract tests; the server cannot be configured to use it (I6).',
      severity: 'error',
      from: { path: '^(server|workflows|client-sdk)', pathNot: '^server/testing' },
      to: { path: '^(server/testing|test|tools)/' },
    },
    {
      name: 'examples-know-the-published-client-only',
      comment: 'What an example shows, a stranger can do.',
      severity: 'error',
      from: { path: '^examples' },
      to: { path: '^(server|workflows|tools|test|client-sdk/src/(?!index\\.ts|react/index\\.ts))' },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependency-in-production',
      severity: 'error',
      from: { path: '^(server|workflows|client-sdk)' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
