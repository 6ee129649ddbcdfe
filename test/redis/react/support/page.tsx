import './install-dom.ts';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { StrictMode } from 'react';
import type { ReactNode } from 'react';
import { createTurnkeeperClient } from '../../../../client-sdk/src/index.ts';
import type { TurnkeeperClientOptions } from '../../../../client-sdk/src/index.ts';
import { TurnkeeperProvider, useConversation } from '../../../../client-sdk/src/react/index.ts';
import type { ConversationView, UseConversationOptions } from '../../../../client-sdk/src/react/index.ts';
import type { travel } from '../../contract/sample-workflows.ts';

type View = ConversationView<typeof travel>;

/** A request that a page has sent. */
interface Sent {
  readonly procedure: string;
  readonly url: string;
  readonly body: string;
  readonly signal: AbortSignal | null;
}

/** An application page under StrictMode, and the requests that it has sent. */
export function createPage(options: TurnkeeperClientOptions) {
  const sent: Sent[] = [];
  const client = createTurnkeeperClient<typeof travel>({
    retry: { attempts: 3, baseDelayMs: 10, maxDelayMs: 20 },
    fetch: (request, init) => {
      const { url } = new Request(request);
      const body = typeof init?.body === 'string' ? init.body : '';
      const procedure = /workflow\.(\w+)/.exec(url)?.[1] ?? '';
      sent.push({ procedure, url, body, signal: init?.signal ?? null });
      return fetch(request, init);
    },
    ...options,
  });
  const queryClient = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <TurnkeeperProvider client={client}>{children}</TurnkeeperProvider>
      </QueryClientProvider>
    </StrictMode>
  );
  const sentTo = (procedure: string) => sent.filter((one) => one.procedure === procedure);
  /** Renders a component and records all that it ever showed. */
  const draw = <Props, Shown>(use: (props: Props) => Shown, initialProps: Props) => {
    const views: Shown[] = [];
    const { result, unmount, rerender } = renderHook(
      (props: Props) => {
        const view = use(props);
        views.push(view);
        return view;
      },
      { wrapper, initialProps },
    );
    return {
      ...{ views, unmount, rerender },
      get view() {
        return result.current;
      },
      /** Resolves with the first view for which the condition holds. */
      until: async (holds: (view: Shown) => boolean): Promise<Shown> => {
        await waitFor(
          () => {
            if (!holds(result.current)) throw new Error(`not yet: ${JSON.stringify(result.current)}`);
          },
          { timeout: 60_000, interval: 5 },
        );
        return result.current;
      },
      do: (action: (view: Shown) => void): void => act(() => action(result.current)),
    };
  };
  return {
    ...{ client, queryClient, sentTo, draw },
    /** Returns the watches that have not been given up. */
    openWatches: () => sentTo('watch').filter(({ signal }) => signal?.aborted === false),
    // The server also runs other workflows than the one whose types the view has.
    show: (shown: UseConversationOptions) =>
      draw(
        (props: UseConversationOptions) =>
          useConversation<typeof travel>({ ...props, workflowId: props.workflowId as 'travel' | undefined }),
        shown,
      ),
    [Symbol.dispose]: () => queryClient.clear(),
  };
}

/** Lists the messages, each with its speaker. */
export const said = ({ messages }: Pick<View, 'messages'>): string[] =>
  messages.map(({ role, text, delivery }) =>
    delivery === 'stored' ? `${role}: ${text ?? ''}` : `${role} (${delivery}): ${text ?? ''}`,
  );
