/** The source files of the package's entries, by the name of their declarations. */
export const entries = {
  index: 'server/library/index.ts',
  agents: 'server/library/agents.ts',
  testing: 'server/testing/index.ts',
  workflows: 'workflows/definition/index.ts',
} as const;
