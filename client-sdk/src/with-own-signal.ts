/**
 * Does some work under a signal of its own, which follows the caller's. What the work adds to it (tRPC and fetch remove
 * none of their listeners) goes with it, so that a signal that lives long gathers no listeners.
 */
export async function withOwnSignal<Result>(
  callers: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const own = new AbortController();
  const abort = (): void => own.abort(callers?.reason);
  if (callers?.aborted === true) abort();
  callers?.addEventListener('abort', abort, { once: true });
  try {
    return await work(own.signal);
  } finally {
    callers?.removeEventListener('abort', abort);
  }
}
