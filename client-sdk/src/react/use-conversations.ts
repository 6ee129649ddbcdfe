import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useRuntime } from './provider.ts';
import { clientErrorOf, forPerson, querySettings } from './session/queries.ts';
import type { ListedConversation } from '../../../contract/results.ts';
import type { TurnkeeperClientError } from '../links/client-error.ts';

/**
 * The conversations to list.
 *
 * @example
 * ```ts
 * const options: UseConversationsOptions = { limit: 50 };
 * ```
 */
export interface UseConversationsOptions {
  /** The size of a page, 1 to 100. @default 20 */
  readonly limit?: number | undefined;
}

/**
 * The user's live conversations, newest activity first.
 *
 * @example
 * ```ts
 * const active = ({ conversations }: ConversationsView) =>
 *   conversations.filter(({ status }) => status === 'active');
 * ```
 */
export interface ConversationsView {
  readonly conversations: readonly ListedConversation[];
  readonly isLoading: boolean;
  readonly error: TurnkeeperClientError | null;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  loadMore(): void;
  refetch(): void;
}

/**
 * Lists the user's live conversations, newest activity first, page by page. The list is loaded again whenever a shown
 * conversation continues or ends.
 *
 * @example
 * ```tsx
 * function ConversationList() {
 *   const { conversations, hasMore, loadMore } = useConversations({ limit: 10 });
 *   return (
 *     <ul>
 *       {conversations.map(({ conversationId, title, progress }) => (
 *         <li key={conversationId}>
 *           <a href={`#/c/${conversationId}`}>{title}</a> {progress.percentComplete} %
 *         </li>
 *       ))}
 *       {hasMore && <button onClick={loadMore}>More</button>}
 *     </ul>
 *   );
 * }
 * ```
 */
export function useConversations({ limit }: UseConversationsOptions = {}): ConversationsView {
  const { queries } = useRuntime();
  const { data, isPending, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery(
      queries.workflow.list.infiniteQueryOptions(limit === undefined ? {} : { limit }, {
        ...querySettings,
        trpc: { context: forPerson },
        getNextPageParam: ({ nextCursor }) => nextCursor,
      }),
    );
  return useMemo(
    () => ({
      conversations: withoutRepeats(data?.pages.flatMap(({ conversations }) => conversations) ?? []),
      isLoading: isPending,
      error: error === null ? null : clientErrorOf(error),
      hasMore: hasNextPage,
      isLoadingMore: isFetchingNextPage,
      loadMore: () => void fetchNextPage({ cancelRefetch: false }),
      refetch: () => void refetch(),
    }),
    [data, isPending, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch],
  );
}

/** A conversation that continues between the loading of two pages may be on both. */
function withoutRepeats<Listed extends { readonly conversationId: string }>(
  listed: readonly Listed[],
): Listed[] {
  return [...new Map(listed.toReversed().map((one) => [one.conversationId, one])).values()].toReversed();
}
