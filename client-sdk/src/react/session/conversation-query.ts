import { QueryObserver } from '@tanstack/react-query';
import type { QueryClient, QueryObserverResult } from '@tanstack/react-query';
import { querySettings } from '../query-settings.ts';
import type { SessionParts } from './session-parts.ts';
import { readable, reconciled, withEnd, withTurn } from './stored-conversation.ts';
import type { Standing, StoredConversation, ToldTurn } from './stored-conversation.ts';

type Result = QueryObserverResult<StoredConversation | undefined>;

const olderPageSize = 50;

/** A conversation's place in the query cache: what `workflow.get` answered, kept up to date by whoever watches. */
export class ConversationQuery {
  readonly #queryClient: QueryClient;
  readonly #parts: SessionParts;
  readonly #conversationId: string;
  #observer: QueryObserver<StoredConversation, Error, StoredConversation | undefined> | null = null;

  constructor(parts: SessionParts, conversationId: string) {
    this.#queryClient = parts.queryClient;
    this.#parts = parts;
    this.#conversationId = conversationId;
  }

  get #key() {
    return this.#parts.queries.workflow.get.queryKey({ conversationId: this.#conversationId });
  }

  get cached(): StoredConversation | undefined {
    return readable(this.#queryClient.getQueryData<StoredConversation>(this.#key));
  }

  put(stored: StoredConversation): void {
    this.#queryClient.setQueryData<StoredConversation>(this.#key, stored);
  }

  /** Puts a turn there that was committed, and loads the conversation anew where turns before it are missing. */
  putTurn(told: ToldTurn): void {
    const stored = withTurn(this.cached, told);
    if (stored === null) void this.reload();
    else this.put(stored);
    this.invalidateList();
  }

  putEnd(standing: Standing): void {
    const { cached } = this;
    if (cached === undefined) void this.reload();
    else this.put(withEnd(cached, standing));
    this.invalidateList();
  }

  /**
   * Loads it, though it be cached, and tells of it until the returned function is called.
   * @param isAwaited whether it may well not be there yet
   */
  observe(onResult: (result: Result) => void, isAwaited: () => boolean): () => void {
    const observer = new QueryObserver<StoredConversation, Error, StoredConversation | undefined>(
      this.#queryClient,
      {
        ...querySettings,
        queryKey: this.#key,
        queryFn: () => this.#fetch(isAwaited()),
        select: readable,
        // It is the watch that keeps it up to date.
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

  /** Loads it anew, where somebody shows it. */
  async reload(): Promise<void> {
    await this.#observer?.refetch();
  }

  /** Forgets what is cached, without asking for it again. */
  forget(): void {
    this.#queryClient.getQueryCache().find({ queryKey: this.#key, exact: true })?.reset();
  }

  async fetchOlder(before: string): Promise<StoredConversation> {
    const request = { conversationId: this.#conversationId, messages: { limit: olderPageSize, before } };
    return this.#parts.trpc.workflow.get.query(request);
  }

  /** Says that the list is out of date: what is done in a conversation changes its place in it. */
  invalidateList(): void {
    void this.#queryClient.invalidateQueries(this.#parts.queries.workflow.list.pathFilter());
  }

  async #fetch(mayBeMissing: boolean): Promise<StoredConversation> {
    const before = this.cached;
    const { workflow } = this.#parts.trpc;
    const fetched = await workflow.get.query({ conversationId: this.#conversationId, mayBeMissing });
    return reconciled(fetched, { before, now: this.cached });
  }
}
