import { useQueryClient } from '@tanstack/react-query';
import { createContext, createElement, useContext } from 'react';
import type { ReactElement } from 'react';
import type { ShippedDefinition } from '../../../workflows/definition/shipped.ts';
import type { TypedDefinition } from '../../../workflows/definition/types.ts';
import type { TurnkeeperClient } from '../turnkeeper-client.ts';
import { runtimeOf } from './runtime.ts';
import type { Runtime } from './runtime.ts';
import type { TurnkeeperProviderProps } from './types.ts';

const ClientContext = createContext<TurnkeeperClient<TypedDefinition> | null>(null);

/**
 * Gives the hooks below it their client. It stands below a `QueryClientProvider`, whose cache holds what they load.
 *
 * @example
 * ```tsx
 * import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
 * import { createTurnkeeperClient } from '@turnkeeper/client';
 *
 * const client = createTurnkeeperClient({ url: 'http://127.0.0.1:3000' });
 * const queryClient = new QueryClient();
 *
 * const App = () => (
 *   <QueryClientProvider client={queryClient}>
 *     <TurnkeeperProvider client={client}>
 *       <Chat />
 *     </TurnkeeperProvider>
 *   </QueryClientProvider>
 * );
 * ```
 */
export function TurnkeeperProvider({ client, children }: TurnkeeperProviderProps): ReactElement {
  return createElement(ClientContext.Provider, { value: client }, children);
}

/**
 * The client that the provider was given, for what no hook does.
 *
 * @example
 * ```tsx
 * function PurgeButton({ conversationId }: { conversationId: string }) {
 *   const client = useTurnkeeperClient();
 *   const purge = () => client.resume(conversationId).end({ outcome: 'cancelled', purge: true });
 *   return <button onClick={() => void purge()}>Delete everything</button>;
 * }
 * ```
 */
export function useTurnkeeperClient<
  Definition extends TypedDefinition = ShippedDefinition,
>(): TurnkeeperClient<Definition> {
  const client = useContext(ClientContext);
  if (client === null)
    throw new Error('The hooks of @turnkeeper/client/react need a TurnkeeperProvider above them.');
  // Which workflows the server runs is for the caller to say, as when the client was made.
  return client as TurnkeeperClient<Definition>;
}

/** What this component's hooks share with those around it. */
export function useRuntime(): Runtime {
  return runtimeOf(useTurnkeeperClient(), useQueryClient());
}
