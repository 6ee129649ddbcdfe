const lookEveryMs = 500;

/**
 * Until a signal to stop. npm passes a SIGTERM on to its shell alone, which dies of it and leaves this process behind:
 * one that npm started stops with its parent.
 */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const startedBy = process.ppid;
    const looking = setInterval(() => {
      if (process.ppid !== startedBy) resolve();
    }, lookEveryMs);
    looking.unref();
  });
}
