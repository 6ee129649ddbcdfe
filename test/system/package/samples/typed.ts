// A user's program with the client. Tests compile it against the packed declarations.
import { createTurnkeeperClient, hasReason, isTurnkeeperError } from '@turnkeeper/client';
import type { ClientFailureReason, ShippedDefinition, TurnResult, WorkflowShape } from '@turnkeeper/client';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<Claim extends true>(): Claim | undefined {
  return undefined;
}

const client = createTurnkeeperClient({
  url: 'http://127.0.0.1:3000',
  token: ({ forceRefresh }) => Promise.resolve(forceRefresh ? 'new' : 'cached'),
  retry: { attempts: 2 },
});

// Step ids are literal.
const vendor = client.conversation('vendor-onboarding');
type VendorTurn = Awaited<ReturnType<typeof vendor.turn>>;
type VendorStep = 'company' | 'contact' | 'terms' | 'data-protection' | 'review';
holds<Same<VendorTurn['progress']['currentStep'], VendorStep>>();
holds<Same<VendorTurn['workflowState']['currentStep'], VendorStep>>();
holds<Same<VendorTurn['turn']['step']['to'], VendorStep>>();
holds<Same<VendorTurn['workflowId'], 'vendor-onboarding'>>();
export const isReview = (result: VendorTurn): boolean => result.progress.currentStep === 'review';
// @ts-expect-error it has no step of this id
export const isNone = (result: VendorTurn): boolean => result.progress.currentStep === 'revue';

// Fields have their types.
type Collected = VendorTurn['workflowState']['collected'];
holds<Same<Collected['yearlySpend'], number | undefined>>();
holds<Same<Collected['handlesPersonalData'], boolean | undefined>>();
holds<
  Same<Collected['dataRegion'], 'EU or EEA' | 'United Kingdom' | 'United States' | 'elsewhere' | undefined>
>();
holds<Same<VendorTurn['turn']['collected']['website'], string | null | undefined>>();
holds<Same<VendorTurn['workflowState']['expiresAt'], Date>>();
// @ts-expect-error it has no field of this name
export type NoField = Collected['shoeSize'];

// The id narrows a result whose workflow is known at run time only.
export function spendOf(result: TurnResult): number | undefined {
  if (result.workflowId === 'vendor-onboarding') return result.workflowState.collected.yearlySpend;
  // @ts-expect-error the others have no such field of that type
  const others: number | undefined = result.workflowState.collected.yearlySpend;
  return others;
}
export const shippedIds: Record<ShippedDefinition['id'], number> = {
  'vendor-onboarding': 1,
  'incident-intake': 2,
  'expense-report': 3,
};

// Watch events have the same types.
export async function watchVendor(): Promise<void> {
  for await (const event of vendor.watch({ after: 0, signal: AbortSignal.timeout(1_000) })) {
    // @ts-expect-error there is no such event
    if (event.type === 'turn.lost') return;
    if (event.type === 'watch.interrupted') holds<Same<typeof event.error.reason, ClientFailureReason>>();
    if (event.type !== 'turn.committed') continue;
    holds<Same<typeof event.progress.currentStep, VendorStep>>();
    holds<Same<typeof event.turn.collected.website, string | null | undefined>>();
  }
}

// Inputs are checked.
void vendor.submitCard('card', { days: 4, to: ['Ben', null] }, { whenBusy: 'wait', waitMs: 500 });
// @ts-expect-error a date is not JSON
void vendor.submitCard('card', { from: new Date() });
// @ts-expect-error a conversation ends as completed or cancelled
void vendor.end({ outcome: 'abandoned' });
// @ts-expect-error there is no such way to be busy
void vendor.turn('hello', { whenBusy: 'queue' });

// Reasons are a closed union.
export function explain(error: unknown): string {
  if (hasReason(error, 'AGENT_FAILED', 'AGENT_TIMEOUT')) {
    holds<Same<typeof error.reason, 'AGENT_FAILED' | 'AGENT_TIMEOUT'>>();
    return 'The agent did not answer.';
  }
  // @ts-expect-error there is no such reason
  if (hasReason(error, 'TIRED')) return 'Tired.';
  if (!isTurnkeeperError(error)) throw error;
  holds<Same<typeof error.reason, ClientFailureReason>>();
  return error.message;
}
// @ts-expect-error the union is closed
export const noReason: ClientFailureReason = 'TIRED';

// Workflow types written by hand.
type Leave = WorkflowShape<'leave-request', { dates: { from: string; days: number }; confirm: null }>;
const leave = createTurnkeeperClient<Leave>({ url: '' }).conversation('leave-request');
type LeaveTurn = Awaited<ReturnType<typeof leave.turn>>;
holds<Same<LeaveTurn['progress']['currentStep'], 'dates' | 'confirm'>>();
holds<Same<LeaveTurn['workflowState']['collected']['days'], number | undefined>>();
