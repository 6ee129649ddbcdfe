import { readFileSync } from 'node:fs';

/**
 * Tells one life of a process id from another: ids come round again, soonest in containers, where the same few are
 * handed out at every start. Null when no such process runs; a zombie doesn't.
 */
export function processMark(pid: number): string | null {
  const boot = readOrNull('/proc/sys/kernel/random/boot_id');
  if (boot === null) return answersSignals(pid) ? 'running' : null;
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // proc_pid_stat(5): the command's name, in parentheses, may hold anything; the state follows it, the start time is field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : `${boot.trim()}/${fields[19] ?? ''}`;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
