import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/support/redis-for-the-run.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Two cores are the machine this is built for: more workers only make the timing tests wait for each other.
    maxWorkers: 2,
    typecheck: { enabled: true, include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
  },
});
