import { defineConfig } from 'vitest/config';

const sharedServices = [
  'test/support/no-registry.ts',
  'test/support/folder-for-the-run.ts',
  'test/support/redis-for-the-run.ts',
];

export default defineConfig({
  test: {
    setupFiles: ['test/support/patient-waits.ts'],
    // For a test that hangs. How fast the machine is decides nothing: one that is ten times slower passes, too.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Two cores are the machine this is built for: more workers only make the timing tests wait for each other.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}', 'examples/**/*.test.ts'],
          // No test mocks a module or leaves anything behind, so that each module is loaded once a worker.
          isolate: false,
          pool: 'threads',
          typecheck: { enabled: true, include: ['test/unit/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
        },
      },
      {
        extends: true,
        test: { name: 'redis', include: ['test/redis/**/*.test.{ts,tsx}'], globalSetup: sharedServices },
      },
      {
        extends: true,
        test: { name: 'system', include: ['test/system/**/*.test.{ts,tsx}'], globalSetup: sharedServices },
      },
    ],
  },
});
