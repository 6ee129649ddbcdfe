// A user's program with the client and its hooks. Tests compile it against the packed declarations.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTurnkeeperClient } from '@turnkeeper/client';
import type { ClientFailureReason, WorkflowShape } from '@turnkeeper/client';
import {
  TurnkeeperProvider,
  useConversation,
  useConversations,
  useDefinitions,
  useTurnkeeperClient,
} from '@turnkeeper/client/react';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<Claim extends true>(): Claim | undefined {
  return undefined;
}

// The provider accepts a client of any workflows.
type LeaveRequest = WorkflowShape<'leave-request', { dates: { from: string; days: number }; confirm: null }>;
const shipped = createTurnkeeperClient({ url: 'http://127.0.0.1:3000' });
const own = createTurnkeeperClient<LeaveRequest>({ url: 'http://127.0.0.1:3000' });
const queryClient = new QueryClient();
export const app = (
  <QueryClientProvider client={queryClient}>
    <TurnkeeperProvider client={shipped}>
      <Chat conversationId="c1" />
    </TurnkeeperProvider>
    <TurnkeeperProvider client={own}>
      <Days />
    </TurnkeeperProvider>
  </QueryClientProvider>
);

// Comparing the workflow's id narrows its types.
type VendorStep = 'company' | 'contact' | 'terms' | 'data-protection' | 'review';
function Chat({ conversationId }: { readonly conversationId: string }) {
  const view = useConversation({ conversationId, workflowId: 'vendor-onboarding', open: true });
  holds<Same<NonNullable<typeof view.error>['reason'], ClientFailureReason>>();
  // @ts-expect-error there is no such status
  if (view.status === 'lost') return null;
  if (view.workflowId !== 'vendor-onboarding') return <p>{view.progress?.currentStep}</p>;
  holds<Same<NonNullable<typeof view.progress>['currentStep'], VendorStep>>();
  holds<Same<NonNullable<typeof view.workflowState>['collected']['yearlySpend'], number | undefined>>();
  // @ts-expect-error it has no field of this name
  const size = view.workflowState?.collected.shoeSize;
  const rejected = view.lastTurn?.rejected.map(({ field, issues }) => `${field}: ${issues.join(', ')}`);
  return (
    <form onSubmit={() => view.send('Acme Ltd', { whenBusy: 'interrupt' })}>
      {view.messages.map(({ id, text, delivery }) => (
        <p key={id} data-delivery={delivery}>
          {text}
        </p>
      ))}
      {rejected}
      {size}
    </form>
  );
}

function Days() {
  const { conversations } = useConversations({ limit: 10 });
  const { definitions } = useDefinitions();
  const client = useTurnkeeperClient<LeaveRequest>();
  const { workflowId, workflowState } = useConversation<LeaveRequest>({ conversationId: 'c2' });
  const days = workflowId === 'leave-request' ? workflowState?.collected.days : null;
  holds<Same<typeof days, number | undefined | null>>();
  void client.conversation('leave-request').get();
  return `${days ?? 'no'} of ${definitions?.length ?? 0}, ${conversations.length}`;
}
