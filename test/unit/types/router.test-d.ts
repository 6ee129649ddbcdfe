import { describe, expectTypeOf, it } from 'vitest';
import type { ErrorData } from '../../../contract/errors.ts';
import type {
  EndConversationRequest,
  GetConversationRequest,
  ListRequest,
  TurnRequest,
  WatchRequest,
  endSchema,
} from '../../../contract/inputs.ts';
import type { survey, travel } from '../../redis/contract/sample-workflows.ts';
import type { AppRouter } from '../../../server/router/app-router.ts';
import type { getSchema, listSchema, turnSchema, watchSchema } from '../../../server/router/inputs.ts';
import type { createTestCaller } from '../../../server/testing/index.ts';
import type { z } from 'zod';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';

type Definition = typeof travel | typeof survey;
type Caller = Awaited<ReturnType<typeof createTestCaller<Definition>>>['caller'];
type Turn = Awaited<ReturnType<Caller['workflow']['turn']>>;
type Travel = Extract<Turn, { workflowId: 'travel' }>;
type Survey = Extract<Turn, { workflowId: 'survey' }>;

describe("a turn's result", () => {
  it('has the step ids of its own workflow, once workflowId is known', () => {
    expectTypeOf<Travel['progress']['currentStep']>().toEqualTypeOf<'trip' | 'visa' | 'confirm'>();
    expectTypeOf<Travel['workflowState']['currentStep']>().toEqualTypeOf<'trip' | 'visa' | 'confirm'>();
    expectTypeOf<Travel['turn']['step']['to']>().toEqualTypeOf<'trip' | 'visa' | 'confirm'>();
    expectTypeOf<Survey['progress']['currentStep']>().toEqualTypeOf<'rating'>();
  });

  it('is narrowed by a comparison of workflowId, also beside workflows written in JSON', () => {
    const narrow = (result: Turn) => {
      if (result.workflowId !== 'travel') return null;
      expectTypeOf(result).toEqualTypeOf<Travel>();
      // @ts-expect-error no step of this workflow has that id
      return result.progress.currentStep === 'rating';
    };
    expectTypeOf(narrow).toBeFunction();
  });

  it("has the fields' types: values in the state, changes in the turn", () => {
    type Changed = Travel['turn']['collected'];
    expectTypeOf<Changed['nights']>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<Changed['visa']>().toEqualTypeOf<'have' | 'need' | 'exempt' | null | undefined>();
    expectTypeOf<Travel['workflowState']['collected']['departure']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Survey['turn']['collected']>().not.toHaveProperty('nights');
  });

  it('has dates as dates', () => {
    expectTypeOf<Travel['workflowState']['expiresAt']>().toEqualTypeOf<Date>();
  });
});

describe('the API of the shipped server', () => {
  type Inputs = inferRouterInputs<AppRouter>;
  type Outputs = inferRouterOutputs<AppRouter>;

  it('gives the shipped workflows their literal types', () => {
    type Ids = Outputs['workflow']['turn']['workflowId'];
    expectTypeOf<'vendor-onboarding'>().toExtend<Ids>();
    expectTypeOf<'incident-intake'>().toExtend<Ids>();
    expectTypeOf<'no-such-workflow'>().not.toExtend<Ids>();
  });

  it('takes the id of a workflow written in JSON too', () => {
    expectTypeOf<'leave-request'>().toExtend<NonNullable<Inputs['workflow']['turn']['workflowId']>>();
  });

  it('refuses an input that is none of the three', () => {
    const input: Inputs['workflow']['turn'] = {
      conversationId: 'c',
      // @ts-expect-error there is no such kind of input
      input: { type: 'shout', text: 'hello' },
    };
    expectTypeOf(input).not.toBeAny();
  });

  it('has requests that are what the schemas take', () => {
    type Turn = Omit<z.input<typeof turnSchema>, 'workflowId'>;
    expectTypeOf<Omit<TurnRequest<never>, 'workflowId'>>().branded.toEqualTypeOf<Turn>();
    expectTypeOf<z.input<typeof turnSchema>['workflowId']>().toExtend<TurnRequest<never>['workflowId']>();
    expectTypeOf<GetConversationRequest>().branded.toEqualTypeOf<z.input<typeof getSchema>>();
    expectTypeOf<EndConversationRequest>().branded.toEqualTypeOf<z.input<typeof endSchema>>();
    expectTypeOf<ListRequest>().branded.toEqualTypeOf<z.input<typeof listSchema>>();
    expectTypeOf<WatchRequest>().branded.toEqualTypeOf<z.input<typeof watchSchema>>();
  });

  it('names every reason as a closed union', () => {
    expectTypeOf<ErrorData['reason']>().not.toEqualTypeOf<string>();
    expectTypeOf<'TURN_IN_PROGRESS' | 'LEASE_LOST'>().toExtend<ErrorData['reason']>();
  });
});
