import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/**
 * Reads process ids, a line each: `+ 17` adds one, `- 17` removes it. At the end of its input it kills those that are left.
 */
const guard = `
kept=
while read -r op pid; do
  case $op in
    +) kept="$kept $pid" ;;
    -) rest=; for one in $kept; do [ "$one" = "$pid" ] || rest="$rest $one"; done; kept=$rest ;;
  esac
done
[ -z "$kept" ] || kill -KILL $kept`;

let input: Writable | null = null;

/**
 * Kills another process when this one is gone, however it ended: vitest kills a worker whose test takes too long, and a
 * child that hangs by then ignores every signal but SIGKILL. Returns a function that cancels this.
 */
export function endWithUs(pid: number): () => void {
  const guarded = (input ??= startGuard());
  guarded.write(`+ ${pid}\n`);
  return () => void guarded.write(`- ${pid}\n`);
}

/** Starts a shell, one for all processes: it reads a pipe to its end, and only this process holds the other end. */
function startGuard(): Writable {
  const shell = spawn('sh', ['-c', guard], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.unref();
  return shell.stdin;
}
