import './support/install-dom.ts';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { renderHook } from '@testing-library/react';
import { createTRPCClient, httpLink } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { ReactNode } from 'react';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { TurnkeeperProvider, useConversation, useDefinitions } from '../../../client-sdk/src/react/index.ts';
import type { AppRouter } from '../../../client-sdk/src/router.ts';
import { deferred } from '../../support/deferred.ts';
import { openPage } from './support/open-page.ts';

describe('an error in the query cache', () => {
  it("is tRPC's, with the server's reason", async () => {
    await using page = await openPage();
    const chat = page.show({ conversationId: 'none' });
    await chat.until(({ status }) => status === 'gone');
    const [query] = page.queryClient.getQueryCache().findAll({ queryKey: [['workflow', 'get']] });
    expect(query?.state.error).toMatchObject({
      name: 'TRPCClientError',
      data: { reason: 'WORKFLOW_NOT_FOUND', retryable: false },
      cause: { name: 'TurnkeeperClientError' },
    });
  });

  it("is the client's in a component, although another tRPC client got it", async () => {
    await using page = await openPage();
    const trpc = createTRPCOptionsProxy<AppRouter>({
      client: createTRPCClient<AppRouter>({
        links: [httpLink({ url: `${page.server.url}/trpc`, transformer: superjson })],
      }),
      queryClient: page.queryClient,
    });
    const options = trpc.workflow.get.queryOptions({ conversationId: 'none' }, { retry: false });
    await page.queryClient.query(options).catch(() => undefined);
    expect(page.sentTo('get')).toHaveLength(0);
    const chat = page.show({ conversationId: 'none' });
    const seen = () => chat.views.map(({ error }) => error).filter((error) => error !== null);
    await chat.until(() => seen().length > 0);
    expect(seen()[0]).toMatchObject({ name: 'TurnkeeperClientError', reason: 'WORKFLOW_NOT_FOUND' });
  });

  it('that is no connection error is not blamed on the server, nor are its words shown', async () => {
    await using page = await openPage();
    const { queryClient } = page;
    await page.say('c');
    const client = createTRPCClient<AppRouter>({ links: [] });
    const { workflow } = createTRPCOptionsProxy<AppRouter>({ client, queryClient });
    const fault = new TypeError('x is undefined');
    const asked = deferred();
    const queryKey = workflow.get.queryKey({ conversationId: 'c' });
    const queryFn = () => asked.promise.then(() => Promise.reject(fault));
    const failed = queryClient.query({ queryKey, queryFn, retry: false }).catch((error: unknown) => error);
    const chat = page.show({ conversationId: 'c' });
    asked.resolve();
    expect(await failed).toBe(fault);
    const { error } = await chat.until(({ status }) => status === 'failed');
    expect(error).toMatchObject({ reason: 'INTERNAL', retryable: false, cause: fault });
    expect(error?.message).not.toContain('undefined');
    chat.do((view) => view.refetch());
    await chat.until((view) => view.connection === 'live' && view.error === null);
  });
});

describe('the hooks', () => {
  const queryClient = new QueryClient();
  const inQueries = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );

  it('say that they need a provider', () => {
    expect(() => renderHook(() => useDefinitions(), { wrapper: inQueries })).toThrow(/TurnkeeperProvider/);
  });

  it('say that they need a client that was made as one', async () => {
    await using page = await openPage();
    const wrapper = ({ children }: { children: ReactNode }) => (
      <QueryClientProvider client={queryClient}>
        <TurnkeeperProvider client={{ ...page.client }}>{children}</TurnkeeperProvider>
      </QueryClientProvider>
    );
    const show = () => renderHook(() => useConversation({ conversationId: 'c' }), { wrapper });
    expect(show).toThrow(/createTurnkeeperClient/);
  });
});
