import { spawn } from 'node:child_process';

/**
 * Kills another process when this one is gone, however it ended: vitest kills its workers in the midst of a test that
 * takes too long, and what hangs by then heeds nothing but a kill. Returns what calls that off.
 */
export function endWithUs(pid: number): () => void {
  // It reads to the end of a pipe whose other end only we hold.
  const watcher = spawn('sh', ['-c', 'read -r _; kill -KILL "$1"', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.unref();
  return () => void watcher.kill('SIGKILL');
}
