import { describe, expectTypeOf, it } from 'vitest';
import type { inferRouterOutputs } from '@trpc/server';
import type { FailureReason } from '../../../contract/errors.ts';
import { createTurnkeeperClient, hasReason, isTurnkeeperError } from '../../../client-sdk/src/index.ts';
import type {
  ClientFailureReason,
  TurnInput,
  TurnResult,
  TurnkeeperClientError,
  WorkflowIdOf,
  WorkflowShape,
} from '../../../client-sdk/src/index.ts';
import type { UseConversationOptions } from '../../../client-sdk/src/react/index.ts';
import type { AppRouter } from '../../../server/router/app-router.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import { defineWorkflow, z } from '../../../workflows/definition/index.ts';

const client = createTurnkeeperClient({ url: 'http://127.0.0.1:3000' });

type VendorStep = 'company' | 'contact' | 'terms' | 'data-protection' | 'review';

describe('a conversation of a workflow written in TypeScript', () => {
  const conversation = client.conversation('vendor-onboarding');
  type Turn = Awaited<ReturnType<typeof conversation.turn>>;

  it('has results with its step ids, in which a wrong one does not compile', () => {
    expectTypeOf(conversation.workflowId).toEqualTypeOf<'vendor-onboarding'>();
    expectTypeOf<Turn['workflowId']>().toEqualTypeOf<'vendor-onboarding'>();
    expectTypeOf<Turn['progress']['currentStep']>().toEqualTypeOf<VendorStep>();
    expectTypeOf<Turn['turn']['step']['from']>().toEqualTypeOf<VendorStep>();
    // @ts-expect-error it has no step of this id
    const isWrong = (result: Turn): boolean => result.progress.currentStep === 'revue';
    expectTypeOf(isWrong).toBeFunction();
  });

  it('has results with its fields and their types', () => {
    expectTypeOf<Turn['turn']['collected']['legalName']>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<Turn['turn']['collected']['yearlySpend']>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<Turn['workflowState']['collected']['handlesPersonalData']>().toEqualTypeOf<
      boolean | undefined
    >();
    // @ts-expect-error it has no field of this name
    type Wrong = Turn['turn']['collected']['shoeSize'];
    expectTypeOf<Wrong>().not.toBeNever();
  });

  it('asks for its fields by name', () => {
    type Field = Turn['workflowState']['suggestedInput']['field'];
    expectTypeOf<'legalName'>().toExtend<Field>();
    expectTypeOf<'legalNaam'>().not.toExtend<Field>();
  });

  it('takes JSON for what was entered on a card, and nothing that JSON would change', () => {
    void conversation.submitCard('card', { days: 4, half: null, to: ['Ben'] }).catch(() => null);
    // @ts-expect-error a date is not JSON
    void conversation.submitCard('card', { from: new Date() }).catch(() => null);
    // @ts-expect-error in a turn's input neither
    const input: TurnInput = { type: 'cardAction', cardId: 'card', data: { from: new Date() } };
    expectTypeOf(input).not.toBeNever();
  });

  it('is watched with the same types, and events that are told apart by their type', async () => {
    for await (const event of conversation.watch()) {
      if (event.type === 'turn.committed') {
        expectTypeOf(event.progress.currentStep).toEqualTypeOf<VendorStep>();
        expectTypeOf(event.turn.collected.legalName).toEqualTypeOf<string | null | undefined>();
      }
      if (event.type === 'conversation.ended' && !event.purged)
        expectTypeOf(event.workflowState.currentStep).toEqualTypeOf<VendorStep>();
      if (event.type === 'message.delta') expectTypeOf(event.offset).toEqualTypeOf<number>();
      if (event.type === 'watch.interrupted')
        expectTypeOf(event.error).toEqualTypeOf<TurnkeeperClientError>();
      // @ts-expect-error there is no such event
      if (event.type === 'turn.lost') return;
    }
  });

  it('answers get and end with the same types, and times as dates', () => {
    type Got = Awaited<ReturnType<typeof conversation.get>>;
    type Ended = Awaited<ReturnType<typeof conversation.end>>;
    expectTypeOf<Got['progress']['currentStep']>().toEqualTypeOf<VendorStep>();
    expectTypeOf<Ended['workflowState']['currentStep']>().toEqualTypeOf<VendorStep>();
    expectTypeOf<Got['workflowState']['expiresAt']>().toEqualTypeOf<Date>();
    // @ts-expect-error a conversation ends as completed or cancelled
    void conversation.end({ outcome: 'abandoned' });
  });
});

describe('a conversation of a workflow written in JSON', () => {
  const conversation = client.conversation('leave-request');
  type Turn = Awaited<ReturnType<typeof conversation.turn>>;

  it('has results with any step id and fields of JSON', () => {
    expectTypeOf(conversation.workflowId).toEqualTypeOf<'leave-request'>();
    expectTypeOf<Turn['progress']['currentStep']>().toEqualTypeOf<string>();
    expectTypeOf<Turn['turn']['collected']>().toEqualTypeOf<Partial<Record<string, Json>>>();
  });
});

describe('a conversation whose workflow is known at run time only', () => {
  it('has the results of all workflows, told apart by their id', async () => {
    const result = await client.resume('c').get();
    if (result.workflowId === 'vendor-onboarding') {
      expectTypeOf(result.progress.currentStep).toEqualTypeOf<VendorStep>();
      expectTypeOf(result.workflowState.collected.legalName).toEqualTypeOf<string | undefined>();
    } else if (result.workflowId === 'incident-intake') {
      // @ts-expect-error a field of the other workflow
      expectTypeOf(result.workflowState.collected.legalName).toBeUnknown();
    } else if (result.workflowId === 'expense-report') {
      const line = result.workflowState.collected.lines?.[0];
      expectTypeOf(line?.id).toEqualTypeOf<string | undefined>();
      expectTypeOf(line?.amount).toEqualTypeOf<number | undefined>();
      expectTypeOf(line?.category).toEqualTypeOf<
        'travel' | 'lodging' | 'meals' | 'supplies' | 'other' | undefined
      >();
    } else {
      expectTypeOf(result.progress.currentStep).toEqualTypeOf<string>();
      expectTypeOf(result.workflowState.collected).toEqualTypeOf<Partial<Record<string, Json>>>();
    }
  });

  it('is the same for an id in a variable', async () => {
    const workflowId = ['vendor-onboarding'].join();
    const result = await client.conversation(workflowId).turn('hello');
    expectTypeOf(result).toEqualTypeOf<TurnResult>();
    if (result.workflowId === 'vendor-onboarding') {
      expectTypeOf(result.progress.currentStep).toEqualTypeOf<VendorStep>();
    }
  });
});

export const survey = defineWorkflow({
  id: 'survey',
  version: 1,
  title: 'Survey',
  steps: [{ id: 'rate', title: 'Rate', collects: z.object({ stars: z.int() }) }],
});

describe("a client of one's own definitions", () => {
  it('knows their step ids and fields, and no shipped ones', async () => {
    const own = createTurnkeeperClient<typeof survey>({ url: 'http://127.0.0.1:3000' });
    const result = await own.conversation('survey').turn('five');
    expectTypeOf(result.progress.currentStep).toEqualTypeOf<'rate'>();
    expectTypeOf(result.turn.collected).branded.toEqualTypeOf<{ stars?: number | null }>();
    expectTypeOf(result.workflowState.suggestedInput.field).toEqualTypeOf<'stars' | undefined>();
    // @ts-expect-error it has no field of this name
    expectTypeOf(result.workflowState.suggestedInput.field === 'starz').toBeBoolean();
  });

  it('takes no id that they do not have', () => {
    const own = createTurnkeeperClient<typeof survey>({ url: 'http://127.0.0.1:3000' });
    // @ts-expect-error no definition has this id
    void own.conversation('survy');
    // @ts-expect-error a shipped one is not among them
    void own.conversation('vendor-onboarding');
    expectTypeOf<WorkflowIdOf<typeof survey>>().toEqualTypeOf<'survey'>();
    expectTypeOf<{ workflowId: 'survy' }>().not.toExtend<
      Pick<UseConversationOptions<typeof survey>, 'workflowId'>
    >();
    expectTypeOf<{ workflowId: 'survey' }>().toExtend<
      Pick<UseConversationOptions<typeof survey>, 'workflowId'>
    >();
    const any = createTurnkeeperClient<never>({ url: 'http://127.0.0.1:3000' });
    expectTypeOf(any.conversation('whatever').workflowId).toEqualTypeOf<'whatever'>();
  });

  it('knows what was written down by hand of them', async () => {
    type Leave = WorkflowShape<
      'leave-request',
      { dates: { from: string; days: number }; details: { note?: string }; confirm: null }
    >;
    const own = createTurnkeeperClient<Leave>({ url: 'http://127.0.0.1:3000' });
    const result = await own.conversation('leave-request').turn('ten days');
    expectTypeOf(result.progress.currentStep).toEqualTypeOf<'dates' | 'details' | 'confirm'>();
    expectTypeOf(result.workflowState.collected).branded.toEqualTypeOf<{
      from?: string;
      days?: number;
      note?: string;
    }>();
    // @ts-expect-error it collects nothing of this name
    expectTypeOf(result.turn.collected.shoeSize).not.toBeNever();
  });

  it('written in JSON only has the types of JSON', async () => {
    const result = await createTurnkeeperClient<never>({ url: '' }).resume('c').get();
    expectTypeOf(result.workflowState.collected).toEqualTypeOf<Partial<Record<string, Json>>>();
  });
});

describe('the results', () => {
  it("are those of the server's router", () => {
    expectTypeOf<TurnResult>().toEqualTypeOf<inferRouterOutputs<AppRouter>['workflow']['turn']>();
  });
});

describe('the errors', () => {
  it("have the server's reasons, and one for no answer", () => {
    expectTypeOf<ClientFailureReason>().toEqualTypeOf<FailureReason | 'UNREACHABLE'>();
  });

  it('are narrowed by their guards', () => {
    const error: unknown = null;
    if (isTurnkeeperError(error)) expectTypeOf(error.reason).toEqualTypeOf<ClientFailureReason>();
    if (hasReason(error, 'TURN_IN_PROGRESS')) {
      expectTypeOf(error).toEqualTypeOf<TurnkeeperClientError<'TURN_IN_PROGRESS'>>();
    }
    if (hasReason(error, 'AGENT_FAILED', 'AGENT_TIMEOUT')) {
      expectTypeOf(error.reason).toEqualTypeOf<'AGENT_FAILED' | 'AGENT_TIMEOUT'>();
    }
    // @ts-expect-error there is no such reason
    expectTypeOf(hasReason(error, 'TIRED')).toBeBoolean();
  });
});

describe('the lines of a group', () => {
  it('are set as a whole list or by operations, typed by the items', () => {
    const report = client.conversation('expense-report');
    const set = (): unknown[] => [
      report.setFields({ lines: [{ op: 'set', id: '3-1', values: { amount: 12.5, note: null } }] }),
      report.setFields({ lines: [{ id: '3-1', item: 'Taxi', amount: 12.5 }, { item: 'Bus' }] }),
      // @ts-expect-error an amount is a number
      report.setFields({ lines: [{ op: 'add', values: { amount: 'much' } }] }),
      // @ts-expect-error which item?
      report.setFields({ lines: [{ op: 'remove' }] }),
    ];
    expectTypeOf(set).returns.toEqualTypeOf<unknown[]>();
  });
});
