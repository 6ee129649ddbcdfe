import type { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { Router } from '../links/operation.ts';
import { trpcOf } from '../turnkeeper-client.ts';
import type { Queries } from './session/queries.ts';
import { ConversationSession } from './session/conversation-session.ts';

/** The parts that hooks of the same client and query cache share. */
export interface Runtime extends Queries {
  readonly sessions: Sessions;
}

/** Kept with the cache rather than in a component, so that a turn in flight survives the page's component tree. */
const runtimes = new WeakMap<QueryClient, WeakMap<object, Runtime>>();

export function runtimeOf(client: object, queryClient: QueryClient): Runtime {
  const ofCache = runtimes.get(queryClient) ?? new WeakMap<object, Runtime>();
  runtimes.set(queryClient, ofCache);
  const runtime = ofCache.get(client) ?? createRuntime(client, queryClient);
  ofCache.set(client, runtime);
  return runtime;
}

function createRuntime(client: object, queryClient: QueryClient): Runtime {
  const trpc = trpcOf(client);
  const queries = createTRPCOptionsProxy<Router>({ client: trpc, queryClient });
  const parts: Queries = { queryClient, trpc, queries };
  return { ...parts, sessions: new Sessions(parts) };
}

/**
 * The conversations that are shown or have a turn in flight, by id. Components that show the same conversation share
 * it.
 */
class Sessions {
  readonly #parts: Queries;
  readonly #byId = new Map<string, ConversationSession>();

  constructor(parts: Queries) {
    this.#parts = parts;
  }

  of(conversationId: string): ConversationSession {
    const known = this.#byId.get(conversationId);
    if (known !== undefined) return known;
    const session = new ConversationSession(this.#parts, conversationId, () => {
      this.#byId.delete(conversationId);
    });
    this.#byId.set(conversationId, session);
    return session;
  }
}
