import { useQueryClient } from '@tanstack/react-query';
import { createContext, createElement, useContext } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { ShippedDefinition } from '../../../contract/shipped.ts';
import type { TypedDefinition } from '../../../workflows/definition/types.ts';
import type { TurnkeeperClient } from '../turnkeeper-client.ts';
import { runtimeOf } from './runtime.ts';
import type { Runtime } from './runtime.ts';

/**
 * The props of the provider.
 *
 * @example
 * ```tsx
 * const props: TurnkeeperProviderProps = { client, children: <Chat /> };
 * ```
 */
export interface TurnkeeperProviderProps {
  /** The client. Create it once, outside of components or in a `useState`. */
  readonly client: TurnkeeperClient<TypedDefinition>;
  readonly children?: ReactNode;
}

const ClientContext = createContext<TurnkeeperClient<TypedDefinition> | null>(null);

/**
 * Provides the client to the hooks below it. It needs a `QueryClientProvider` above it, whose cache holds the loaded
 * data.
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
 * Returns the provider's client, for everything that no hook does.
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
  // The caller says which workflows the server runs, here as for createTurnkeeperClient.
  return client as TurnkeeperClient<Definition>;
}

/** Returns the parts that this component's hooks share with other components'. */
export function useRuntime(): Runtime {
  return runtimeOf(useTurnkeeperClient(), useQueryClient());
}
