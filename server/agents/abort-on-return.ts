import { AgentFailure } from '../answer/agent-failure.ts';

/**
 * Lets a reader leave a generator that is waiting: by itself `return` would wait for what the generator waits for. The
 * generator is started with a signal that aborts then, or with the reader's own.
 */
export function abortOnReturn<Item, End>(
  signal: AbortSignal,
  start: (signal: AbortSignal) => AsyncGenerator<Item, End | undefined>,
): AsyncIterable<Item, End | undefined> {
  return {
    [Symbol.asyncIterator]: () => {
      const left = new AbortController();
      const items = start(AbortSignal.any([signal, left.signal]));
      return {
        next: () => items.next(),
        return: () => {
          left.abort(new AgentFailure('failed', 'nobody waits for the answer any more'));
          return items.return(undefined);
        },
      };
    },
  };
}
