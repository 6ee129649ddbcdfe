import { QueryObserver } from '@tanstack/react-query';
import type { QueryClient, QueryObserverResult } from '@tanstack/react-query';
import { requestOptions } from '../../links/trpc-client.ts';
import { forPerson, querySettings } from './queries.ts';
import type { Queries } from './queries.ts';
import { intactOrUndefined, reconciled, withEnd, withTurn } from './stored-conversation.ts';
import type { TurnFacts, EndedConversation, StoredConversation } from './stored-conversation.ts';

type Result = QueryObserverResult<StoredConversation | undefined>;

const olderPageSize = 50;

/**
 * A conversation's entry in the query cache: the result of `workflow.get`, kept up to date by the watch and own turns.
 */
export class ConversationQuery {
  readonly #queryClient: QueryClient;
  readonly #parts: Queries;
  readonly #conversationId: string;
  #observer: QueryObserver<StoredConversation, Error, StoredConversation | undefined> | null = null;

  constructor(parts: Queries, conversationId: string) {
    this.#queryClient = parts.queryClient;
    this.#parts = parts;
    this.#conversationId = conversationId;
  }

  get #key() {
    return this.#parts.queries.workflow.get.queryKey({ conversationId: this.#conversationId });
  }

  get cached(): StoredConversation | undefined {
    return intactOrUndefined(this.#queryClient.getQueryData<StoredConversation>(this.#key));
  }

  put(stored: StoredConversation): void {
    this.#queryClient.setQueryData<StoredConversation>(this.#key, stored);
  }

  /** Caches a committed turn, or reloads the conversation where turns before it are missing. */
  putTurn(turn: TurnFacts): void {
    const stored = withTurn(this.cached, turn);
    if (stored === null) void this.reload();
    else this.put(stored);
    this.invalidateList();
  }

  putEnd(ended: EndedConversation): void {
    const { cached } = this;
    if (cached === undefined) void this.reload();
    else this.put(withEnd(cached, ended));
    this.invalidateList();
  }

  /**
   * Loads the conversation even if it is cached, and reports each result until the returned function is called.
   * @param isAwaited whether the conversation is allowed to be missing
   */
  observe(onResult: (result: Result) => void, isAwaited: () => boolean): () => void {
    const observer = new QueryObserver<StoredConversation, Error, StoredConversation | undefined>(
      this.#queryClient,
      {
        ...querySettings,
        queryKey: this.#key,
        queryFn: () => this.#fetch(isAwaited()),
        select: intactOrUndefined,
        // The watch keeps the data up to date.
        staleTime: Number.POSITIVE_INFINITY,
        retryOnMount: false,
      },
    );
    this.#observer = observer;
    const unsubscribe = observer.subscribe(onResult);
    void observer.refetch({ cancelRefetch: false });
    onResult(observer.getCurrentResult());
    return () => {
      unsubscribe();
      this.#observer = null;
    };
  }

  /** Loads the conversation again, if a component shows it. */
  async reload(): Promise<void> {
    await this.#observer?.refetch();
  }

  /**
   * Caches the conversation as the server has it now.
   * @throws what the request fails with
   */
  async catchUp(): Promise<void> {
    this.put(await this.#fetch(true));
  }

  /** Removes the data from the cache without a new request. */
  forget(): void {
    this.#queryClient.getQueryCache().find({ queryKey: this.#key, exact: true })?.reset();
  }

  async fetchOlder(before: string): Promise<StoredConversation> {
    const request = { conversationId: this.#conversationId, messages: { limit: olderPageSize, before } };
    return this.#parts.trpc.workflow.get.query(request, requestOptions(forPerson, undefined));
  }

  /** Marks the list as out of date, because activity in a conversation changes its place in the list. */
  invalidateList(): void {
    void this.#queryClient.invalidateQueries(this.#parts.queries.workflow.list.pathFilter());
  }

  async #fetch(mayBeMissing: boolean): Promise<StoredConversation> {
    const before = this.cached;
    const { workflow } = this.#parts.trpc;
    const request = { conversationId: this.#conversationId, mayBeMissing };
    const fetched = await workflow.get.query(request, requestOptions(forPerson, undefined));
    return reconciled(fetched, { before, now: this.cached });
  }
}
