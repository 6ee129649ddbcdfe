import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { createTestCaller } from '../../../server/testing/index.ts';
import type { ManualClock, ScriptedAgent, TestCallerOptions } from '../../../server/testing/index.ts';
import type { WorkflowDefinition } from '../../../workflows/definition/define-workflow.ts';
import { writtenEitherWay } from './either-way.ts';
import { survey, travel } from './sample-workflows.ts';

export type StoreKind = 'memory' | 'Redis';
export const storeKinds: readonly StoreKind[] = ['memory', 'Redis'];

type CallerSettings = Omit<
  TestCallerOptions<WorkflowDefinition, ScriptedAgent, ManualClock>,
  'definitions' | 'store' | 'agent' | 'clock'
>;

/**
 * A test caller over `travel` and `survey`, on either store; use with `await using`. Each outcome also has to be written
 * to the wire by the same bytes on either way through the server.
 */
export async function openCaller(kind: StoreKind = 'memory', settings: CallerSettings = {}) {
  const test = await createTestCaller({
    definitions: [travel, survey],
    store: kind === 'memory' ? 'memory' : { redisUrl: inject('redisUrl'), prefix: `t-${randomUUID()}` },
    ...settings,
  });
  type Caller = typeof test.caller;
  const compared = ({ workflow }: Caller): Pick<Caller, 'workflow'> => ({
    workflow: {
      turn: writtenEitherWay({ path: 'workflow.turn', type: 'mutation' }, workflow.turn),
      get: writtenEitherWay({ path: 'workflow.get', type: 'query' }, workflow.get),
      choices: writtenEitherWay({ path: 'workflow.choices', type: 'query' }, workflow.choices),
      end: writtenEitherWay({ path: 'workflow.end', type: 'mutation' }, workflow.end),
      stop: writtenEitherWay({ path: 'workflow.stop', type: 'mutation' }, workflow.stop),
      list: writtenEitherWay({ path: 'workflow.list', type: 'query' }, workflow.list),
      definitions: writtenEitherWay({ path: 'workflow.definitions', type: 'query' }, workflow.definitions),
      watch: workflow.watch,
    },
  });
  return {
    ...test,
    caller: compared(test.caller),
    as: (...caller: Parameters<typeof test.as>) => compared(test.as(...caller)),
  };
}
