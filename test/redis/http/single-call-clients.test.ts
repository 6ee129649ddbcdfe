import * as newest from '@trpc/client';
import * as lowest from 'lowest-trpc-client';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient } from '../../../client-sdk/src/index.ts';
import type { AppRouter } from '../../../server/router/app-router.ts';
import type { travel } from '../contract/sample-workflows.ts';
import { startBothWays } from './two-ways.ts';
import type { Way } from './two-ways.ts';

const conversationId = 'c';
const opening = { conversationId, workflowId: 'travel', turnId: 't', input: { type: 'open' } } as never;

describe.each(['lowest', 'newest'] as const)('a client of the %s tRPC that is tested', (end) => {
  const { createTRPCClient, httpLink, httpBatchLink, httpBatchStreamLink } = { lowest, newest }[end];

  it.each<[string, Way, (url: string) => newest.TRPCLink<AppRouter>]>([
    ['httpLink', 'short', (url) => httpLink({ url, transformer: superjson })],
    ['httpBatchLink', 'short', (url) => httpBatchLink({ url, transformer: superjson })],
    ['httpBatchStreamLink', 'express', (url) => httpBatchStreamLink({ url, transformer: superjson })],
  ])('gets the same from each way, with %s', async (_name, way, link) => {
    await using both = await startBothWays();
    const seen = [];
    for (const { url } of [both.stock, both.lean]) {
      const { workflow } = createTRPCClient<AppRouter>({ links: [link(`${url}/trpc`)] });
      seen.push([
        await workflow.turn.mutate(opening),
        await workflow.turn.mutate(opening),
        await workflow.get.query({ conversationId }),
        await workflow.list.query(),
        await workflow.list.query({ limit: 1 }),
        await workflow.definitions.query(),
        await workflow.get.query({ conversationId: 'none' }).catch(dataOf),
        await workflow.end.mutate({ conversationId, outcome: 'cancelled' }),
      ]);
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[1]?.[0]).toMatchObject({ workflowState: { openedAt: expect.any(Date) as Date } });
    expect(seen[1]?.[6]).toMatchObject({ reason: 'WORKFLOW_NOT_FOUND', httpStatus: 404 });
    expect(both.lean.ways).toEqual(both.lean.ways.map(() => way));
  });

  it('gets the same for calls in one batch, which express answers', async () => {
    await using both = await startBothWays();
    const seen = [];
    for (const { url } of [both.stock, both.lean]) {
      const links = [httpBatchLink<AppRouter>({ url: `${url}/trpc`, transformer: superjson })];
      const { workflow } = createTRPCClient<AppRouter>({ links });
      seen.push(
        await Promise.all([workflow.list.query(), workflow.get.query({ conversationId }).catch(dataOf)]),
      );
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(both.lean.ways).toEqual(['express']);
  });
});

describe('the typed client', () => {
  it('takes the short way for everything but a watch', async () => {
    await using both = await startBothWays();
    const client = createTurnkeeperClient<typeof travel>({ url: both.lean.url });
    const conversation = client.conversation('travel');
    await conversation.open();
    await conversation.turn('Oslo');
    await conversation.get();
    await client.list();
    await client.definitions();
    await conversation.end({ outcome: 'cancelled' });
    expect(new Set(both.lean.ways)).toEqual(new Set(['short']));
    const watch = conversation.watch();
    await watch.next();
    await watch.return?.();
    expect(both.lean.ways.at(-1)).toBe('express');
  });
});

const dataOf = (error: unknown): unknown => (error instanceof Error && 'data' in error ? error.data : error);
