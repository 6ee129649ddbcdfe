import type { QueryClient } from '@tanstack/react-query';
import { createTRPCClient } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { connectionOf } from '../connection-of.ts';
import { connectionLink } from './connection-link.ts';
import type { Router, SessionParts } from './session/session-parts.ts';
import { Sessions } from './session/sessions.ts';

/** What the hooks have in common that share a client and a query cache. */
export interface Runtime extends SessionParts {
  readonly sessions: Sessions;
}

const runtimes = new WeakMap<QueryClient, WeakMap<object, Runtime>>();

export function runtimeOf(client: object, queryClient: QueryClient): Runtime {
  const ofCache = runtimes.get(queryClient) ?? new WeakMap<object, Runtime>();
  runtimes.set(queryClient, ofCache);
  const runtime = ofCache.get(client) ?? createRuntime(client, queryClient);
  ofCache.set(client, runtime);
  return runtime;
}

function createRuntime(client: object, queryClient: QueryClient): Runtime {
  const connection = connectionOf(client);
  const trpc = createTRPCClient<Router>({ links: [connectionLink(connection)] });
  const queries = createTRPCOptionsProxy<Router>({ client: trpc, queryClient });
  const shared = { connection, queryClient, trpc, queries };
  return { ...shared, sessions: new Sessions(shared) };
}
