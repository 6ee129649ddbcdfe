/**
 * The dependency direction of docs/architecture.md:
 * main → serve → compose → {http, router, redis, agents} → watch → orchestrator → {answer, domain}
 * → {contract, workflows/definition}.
 */
const adapters = 'server/(redis|agents|auth|observability|embedded-redis|definitions)';
const orchestration = '^server/(orchestrator|watch|answer|domain)/';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-circle-of-folders',
      comment: 'Two folders that need each other are one room, or share a part that belongs below both.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^(apps|cli|client-sdk|contract|server|tools|workflows)' },
      to: { circular: true },
    },
    {
      name: 'an-inner-room-does-not-know-its-users',
      comment:
        'The rule above compares folders side by side only. These rooms serve the files of the folder around them.',
      severity: 'error',
      from: {
        path:
          '^(server/answer|server/agents/guided|server/agents/copilot-studio|server/redis|client-sdk/src|client-sdk/src/react)/' +
          '(text|structure|cards|field|read-answer|access-token|connection|scripts|store|lease|feed|limits|links|session)/',
      },
      to: { path: '^$1/[^/]+$' },
    },
    {
      name: 'only-normalize-knows-normalize',
      comment: 'Normalizing uses the whole of answer/, so nothing there can use it.',
      severity: 'error',
      from: { path: '^server/answer/', pathNot: '^server/answer/normalize/' },
      to: { path: '^server/answer/normalize/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['\\.d\\.ts$', '\\.(c|m)js$', '\\.config\\.ts$', '/before-paint\\.ts$', 'test/'],
      },
      to: {},
    },
    {
      name: 'only-main-composes',
      comment:
        'The process and the library are the only production entries of compose; tests and tools start the server the same way.',
      severity: 'error',
      from: { path: '^server', pathNot: '^server/((main|run-process|serve)\\.ts$|library/)' },
      to: { path: '^server/(main|run-process|serve|compose)\\.ts$' },
    },
    {
      name: 'nothing-knows-the-library',
      comment: 'It is an entry, as main is.',
      severity: 'error',
      from: { path: '^(server|workflows|client-sdk|contract)', pathNot: '^server/library/' },
      to: { path: '^server/library/' },
    },
    {
      name: 'nothing-knows-the-commands',
      comment: 'They are entries. Tools of this repository show turns as they do.',
      severity: 'error',
      from: { path: '^(server|workflows|client-sdk|contract|apps|bench|examples)/' },
      to: { path: '^cli/' },
    },
    {
      name: 'a-command-knows-no-other',
      comment: 'What several need is in cli/support.',
      severity: 'error',
      from: { path: '^cli/(chat|check|dev|emulator|init|replay|types)/' },
      to: { path: '^cli/', pathNot: ['^cli/$1/', '^cli/support/', '^cli/command\\.ts$'] },
    },
    {
      name: 'a-command-loads-its-libraries-when-it-runs',
      comment: 'So that the help of one does not wait for the libraries of another.',
      severity: 'error',
      from: { path: '^cli/(main\\.ts$|command\\.ts$|commands/)' },
      to: {
        path: '.',
        pathNot: ['^cli/(command\\.ts$|commands/)'],
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'a-command-knows-the-published-client-only',
      comment: 'A chat in the terminal does what a stranger can do.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(client-sdk/src/(?!index\\.ts)|apps|test|tools|bench)/?' },
    },
    {
      name: 'workflows-know-only-zod',
      severity: 'error',
      from: { path: '^workflows' },
      to: { pathNot: ['^workflows', 'node_modules/zod/'] },
    },
    {
      name: 'contract-is-a-leaf',
      comment:
        'The wire is written once, for the server, the client and the page alike. Definitions lend it their types: a result has those of its workflow.',
      severity: 'error',
      from: { path: '^contract' },
      to: {
        pathNot: ['^contract', '^workflows/(definition/(json|types)|[a-z-]+)\\.ts$', 'node_modules/zod/'],
      },
    },
    {
      name: 'contract-takes-only-types-from-definitions',
      severity: 'error',
      from: { path: '^contract' },
      to: { path: '^workflows', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'domain-is-pure',
      comment: 'The domain knows itself, the wire and the definitions; no effects, no libraries but zod.',
      severity: 'error',
      from: { path: '^server/domain' },
      to: { pathNot: ['^server/domain', '^contract', '^workflows', 'node_modules/zod/'] },
    },
    {
      name: 'answer-knows-the-domain',
      comment: 'What an agent said is read without knowing who asked it, or what becomes of it.',
      severity: 'error',
      from: { path: '^server/answer' },
      to: {
        pathNot: ['^server/(answer|domain)/', '^contract', '^workflows', 'node_modules/zod/', '^node:timers'],
      },
    },
    {
      name: 'orchestrator-knows-answer-domain-and-workflows',
      severity: 'error',
      from: { path: '^server/(orchestrator|watch)' },
      to: {
        pathNot: [
          orchestration,
          '^contract',
          '^workflows',
          'node_modules/zod/',
          '^crypto$',
          '^node:crypto$',
          '^(node:)?events$',
        ],
      },
    },
    {
      name: 'orchestrator-does-not-know-watch',
      severity: 'error',
      from: { path: '^server/orchestrator' },
      to: { path: '^server/watch' },
    },
    {
      name: 'adapters-do-not-know-each-other-or-the-router',
      severity: 'error',
      from: { path: `^${adapters}/` },
      to: { path: '^server/', pathNot: [orchestration, `^${adapters}/`] },
    },
    {
      name: 'an-adapter-does-not-know-another-adapter',
      severity: 'error',
      from: { path: `^${adapters}/` },
      to: { path: `^${adapters}/`, pathNot: '^server/$1/' },
    },
    {
      name: 'router-knows-the-orchestrator-only',
      comment: 'A server dependency that the router names would reach the declarations of the client SDK.',
      severity: 'error',
      from: { path: '^server/router' },
      to: {
        pathNot: [
          '^server/router',
          orchestration,
          '^contract',
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
      name: 'the-sdk-takes-only-types-from-the-server-and-the-contract',
      comment:
        'zod, which the contract is written in, would make the client heavier than everything else in it.',
      severity: 'error',
      from: { path: '^client-sdk' },
      to: { path: '^(contract|server|workflows)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'production-does-not-know-testing',
      comment: 'The in-memory store is for contract tests; the server cannot be configured to use it (I6).',
      severity: 'error',
      from: {
        path: '^(server|cli|workflows|client-sdk|contract)',
        pathNot: '^(server/testing|cli/init/template)/',
      },
      to: { path: '^(server/testing|test|tools|bench)/' },
    },
    {
      name: 'the-page-knows-the-published-client-only',
      comment: 'What the chat page does, a stranger can do.',
      severity: 'error',
      from: { path: '^apps' },
      to: { path: '^(server|workflows|tools|test|client-sdk/src/(?!index\\.ts|react/index\\.ts))' },
    },
    {
      name: 'an-example-knows-the-published-entries-only',
      comment: 'Examples are copied into other projects.',
      severity: 'error',
      from: { path: '^examples' },
      to: {
        path: '^(server/(?!testing/index\\.ts)|workflows/(?!definition/index\\.ts)|tools|test|apps|contract|client-sdk/src/(?!index\\.ts|react/index\\.ts))',
      },
    },
    {
      name: 'the-bench-stands-alone',
      comment:
        'It measures what production runs, so it needs no part of the tests, and only they may need it.',
      severity: 'error',
      from: { path: '^bench' },
      to: { path: '^(test|apps|examples|client-sdk|server/testing)/' },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependency-in-production',
      severity: 'error',
      from: { path: '^(server|cli|workflows|client-sdk|contract)' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|^bench/peers/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
