import { execFileSync } from 'node:child_process';
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findRedisBinary } from '../../server/embedded-redis/start-redis-server.ts';

/** The facts that the numbers depend on besides the code. None of them names the machine. */
export interface MachineFacts {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly redis: string;
  /** The commit that was measured; `+` after it where files were changed since. Null without git. */
  readonly commit: string | null;
  /** Processes that wanted a core before the run began, as an average of one minute. */
  readonly loadBefore: number;
}

const projectDir = fileURLToPath(new URL('../..', import.meta.url));

export function readMachineFacts(): MachineFacts {
  const [first] = cpus();
  return {
    cores: cpus().length,
    cpu: first?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    // The rest of a release may name the kind of host.
    system: `${type()} ${release().split('.').slice(0, 2).join('.')} ${arch()}`,
    node: process.version,
    redis: readRedisVersion(),
    commit: readCommit(),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

function readRedisVersion(): string {
  const printed = execFileSync(findRedisBinary(), ['--version'], { encoding: 'utf8' });
  return /v=(\S+)/.exec(printed)?.[1] ?? printed.trim();
}

function readCommit(): string | null {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: projectDir,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? '+' : ''}`;
  } catch {
    return null;
  }
}
