export type UnlessAborted = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Runs work that may ignore the signal. If the signal aborts, it stops waiting and throws the signal's reason. */
export function unlessAborted(signal: AbortSignal): UnlessAborted {
  const aborted = new Promise<never>((_resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
  aborted.catch(() => undefined);
  return async (work) => {
    // Work that nobody wants any more does not begin.
    signal.throwIfAborted();
    return Promise.race([aborted, work()]);
  };
}
