import { spawn } from 'node:child_process';

/**
 * Kills another process when this one is gone, however it ended: vitest kills a worker whose test takes too long, and a
 * child that hangs by then ignores every signal but SIGKILL. Returns a function that cancels this.
 */
export function endWithUs(pid: number): () => void {
  // The shell reads a pipe to its end; only this process holds the other end.
  const watcher = spawn('sh', ['-c', 'read -r _; kill -KILL "$1"', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  return () => void watcher.kill('SIGKILL');
}
