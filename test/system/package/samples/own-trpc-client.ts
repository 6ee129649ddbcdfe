// A user's program that calls the procedures through a tRPC client of its own.
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import type { TRPCClientError } from '@trpc/client';
import type { inferRouterOutputs } from '@trpc/server';
import superjson from 'superjson';
import type { AppRouter } from '@turnkeeper/client/router';

export const trpc = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: httpSubscriptionLink({ url: 'http://127.0.0.1:3000/trpc', transformer: superjson }),
      false: httpLink({ url: 'http://127.0.0.1:3000/trpc', transformer: superjson }),
    }),
  ],
});

export async function run() {
  const input = { type: 'text', text: 'hello' } as const;
  const result = await trpc.workflow.turn.mutate({
    conversationId: 'c',
    workflowId: 'vendor-onboarding',
    input,
  });
  if (result.workflowId !== 'vendor-onboarding') return null;
  // @ts-expect-error it has no step of this id
  if (result.progress.currentStep === 'revue') return null;
  // @ts-expect-error there is no such input
  await trpc.workflow.turn.mutate({ conversationId: 'c', input: { type: 'shout' } });
  const spend: number | undefined = result.workflowState.collected.yearlySpend;
  return spend;
}

export const watch = (show: (step: 'company' | 'contact' | 'terms' | 'data-protection' | 'review') => void) =>
  trpc.workflow.watch.subscribe(
    { conversationId: 'c', after: 0 },
    {
      onData: ({ id, data }) => {
        id satisfies string;
        if (data.type === 'turn.committed' && data.workflowId === 'vendor-onboarding')
          show(data.progress.currentStep);
        // @ts-expect-error there is no such event
        if (data.type === 'turn.lost') show('company');
      },
      onError: ({ data }) => data?.reason,
    },
  );

export type Turn = inferRouterOutputs<AppRouter>['workflow']['turn'];
export const reasonOf = (error: TRPCClientError<AppRouter>) => {
  // @ts-expect-error the reasons are a closed union
  if (error.data?.reason === 'TIRED') return null;
  return error.data?.reason === 'TURN_IN_PROGRESS' ? error.data.retryAfterMs : undefined;
};
