import { clientErrorIn } from './links/operation.ts';
import { causeOf, requestOptions } from './links/trpc-client.ts';
import type { TrpcClient } from './links/trpc-client.ts';
import type { AnyWatchEvent } from './results.ts';

interface WatchStart {
  readonly conversationId: string;
  readonly after: number | undefined;
  readonly awaitOpening: boolean | undefined;
}

/**
 * Yields a conversation's events. Nothing is asked of the server before the first event is asked for, and each next
 * event is read when the reader asks for it.
 * @throws TurnkeeperClientError, or the signal's reason
 */
export async function* watchConversation(
  trpc: TrpcClient,
  request: WatchStart,
  signal: AbortSignal | undefined,
): AsyncGenerator<AnyWatchEvent, void> {
  const handover = new Handover<AnyWatchEvent>();
  const subscription = trpc.workflow.watch.subscribe(request, {
    ...requestOptions({ demand: () => handover.demand() }, signal),
    onData: ({ data }) => handover.put({ kind: 'item', item: data }),
    onConnectionStateChange({ error: thrown }) {
      const error = thrown === null ? null : clientErrorIn(thrown);
      if (error !== null) handover.put({ kind: 'item', item: { type: 'watch.interrupted', error } });
    },
    onError: (error) => handover.put({ kind: 'failed', error: causeOf(error) }),
    onComplete: () => handover.put({ kind: 'done' }),
  });
  try {
    for (;;) {
      const step = await handover.take();
      // Nothing is shown once the signal has aborted, not even an event that has arrived already.
      signal?.throwIfAborted();
      if (step.kind === 'done') return;
      if (step.kind === 'failed') throw step.error;
      yield step.item;
    }
  } finally {
    subscription.unsubscribe();
  }
}

type HandoverStep<Item> =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'done' };

/** Hands items from a sender, which pushes, to a reader, which pulls. A sender that awaits `demand` is never ahead. */
class Handover<Item> {
  readonly #steps: HandoverStep<Item>[] = [];
  #wakeReader: (() => void) | null = null;
  #wakeSender: (() => void) | null = null;

  put(step: HandoverStep<Item>): void {
    this.#steps.push(step);
    this.#wakeReader?.();
    this.#wakeReader = null;
  }

  /** Resolves as soon as the reader waits for an item. */
  async demand(): Promise<void> {
    if (this.#wakeReader !== null) return;
    await new Promise<void>((resolve) => {
      this.#wakeSender = resolve;
    });
  }

  async take(): Promise<HandoverStep<Item>> {
    for (;;) {
      const step = this.#steps.shift();
      if (step !== undefined) return step;
      const arrival = new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
      this.#wakeSender?.();
      this.#wakeSender = null;
      await arrival;
    }
  }
}
