import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: [
      'test/support/no-registry.ts',
      'test/support/folder-for-the-run.ts',
      'test/support/redis-for-the-run.ts',
    ],
    setupFiles: ['test/support/patient-waits.ts'],
    // For a test that hangs. How fast the machine is decides nothing: one that is ten times slower passes, too.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // Two cores are the machine this is built for: more workers only make the timing tests wait for each other.
    maxWorkers: 2,
    typecheck: { enabled: true, include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
  },
});
