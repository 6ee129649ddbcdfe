const pauseMs = 20;

/** Polls a condition that no event reports, such as another process's state. On timeout the last error is the cause. */
export async function until(holds: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown = 'it did not hold';
  while (performance.now() < deadline) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  throw new Error(`not within ${timeoutMs} ms`, { cause: last });
}
