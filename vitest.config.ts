import { fileURLToPath } from 'node:url';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

const sharedServices = [
  'test/support/no-registry.ts',
  'test/support/folder-for-the-run.ts',
  'test/support/redis-for-the-run.ts',
];

const withBrowser = [...sharedServices, 'test/support/browser-for-the-run.ts'];

/** A test in the browser is many steps, each of which has patience of its own and says what it waited for. */
const browserTimeout = 300_000;

/** The hooks are tested on a page of their own, which other tests must not find in their globals. */
const hooks = 'test/redis/react/**/*.test.{ts,tsx}';

/** The one conversation in a real browser that `npm test` plays, too. */
const oneConversation = 'test/system/browser/one-conversation.test.ts';

/**
 * The tests that wait longest: for leases to expire, faults to end, or a server to find out about a dead connection.
 */
const longWaits = [
  'history/history.test',
  'system/faults/',
  'system/failover/',
  'hostile/',
  'topologies/',
  'history/mutants.test',
];

/** No test mocks a module or leaves anything in its worker, so each worker loads each module once. */
const shareModules = { isolate: false } as const;

/** Sorts the files that wait longest to the front: at the end, nothing else would use the machine meanwhile. */
class LongWaitsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = longWaits.findIndex((part) => moduleId.includes(part));
      return found === -1 ? longWaits.length : found;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}

/** The package's own entries, from their sources: its `exports` name the build. */
const ownEntries = {
  agents: 'server/library/agents.ts',
  testing: 'server/testing/index.ts',
  workflows: 'workflows/definition/index.ts',
};

export default defineConfig({
  resolve: {
    alias: Object.entries(ownEntries).map(([name, file]) => ({
      find: `turnkeeper/${name}`,
      replacement: fileURLToPath(new URL(file, import.meta.url)),
    })),
  },
  test: {
    sequence: { sequencer: LongWaitsFirst },
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
          ...shareModules,
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            // Vitest ignores --typecheck.enabled for a project, so CI, which has checked all types, sets a variable.
            enabled: process.env['TYPES_ARE_CHECKED'] === undefined,
            only: true,
            include: ['test/unit/**/*.test-d.ts'],
            tsconfig: './tsconfig.json',
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'redis',
          include: ['test/redis/**/*.test.{ts,tsx}'],
          exclude: [hooks],
          ...shareModules,
          globalSetup: sharedServices,
        },
      },
      {
        extends: true,
        test: { name: 'hooks', include: [hooks], ...shareModules, globalSetup: sharedServices },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [oneConversation],
          testTimeout: browserTimeout,
          globalSetup: withBrowser,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/system/**/*.test.{ts,tsx}'],
          exclude: [oneConversation],
          testTimeout: browserTimeout,
          ...shareModules,
          globalSetup: withBrowser,
          // These tests mostly wait for processes and pages: a third of two cores was idle with three workers.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
          // Of the tests of one file that say that they may run side by side.
          maxConcurrency: 3,
        },
      },
    ],
  },
});
