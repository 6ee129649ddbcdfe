import { Redis } from 'ioredis';

/** The work of one Redis since it started. */
interface RedisCounts {
  readonly cpuMs: number;
  /** Scripts that clients called. */
  readonly scripts: number;
  /** Commands, those within scripts too, without the questions of this counter. */
  readonly commands: number;
}

/** The work of some Redis servers between two looks, all together. */
export interface RedisWork extends RedisCounts {
  /** The CPU time of the one that worked most. */
  readonly busiestCpuMs: number;
}

/** Reads the counters of Redis itself, over connections of its own. */
export class RedisCounters {
  readonly #connections: readonly Redis[];

  constructor(urls: readonly string[]) {
    this.#connections = urls.map((url) => new Redis(url));
  }

  /** Runs `work`, and returns its result and the work that Redis did meanwhile. */
  async during<Result>(
    work: () => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly redis: RedisWork }> {
    const before = await this.#read();
    const result = await work();
    const after = await this.#read();
    const each = (key: keyof RedisCounts): number[] =>
      after.map((counts, index) => counts[key] - (before[index]?.[key] ?? 0));
    const sumOf = (key: keyof RedisCounts): number => each(key).reduce((sum, value) => sum + value, 0);
    return {
      result,
      redis: {
        cpuMs: sumOf('cpuMs'),
        busiestCpuMs: Math.max(...each('cpuMs')),
        scripts: sumOf('scripts'),
        commands: sumOf('commands'),
      },
    };
  }

  #read(): Promise<RedisCounts[]> {
    return Promise.all(this.#connections.map(countsOf));
  }

  close(): void {
    for (const connection of this.#connections) connection.disconnect();
  }
}

async function countsOf(connection: Redis): Promise<RedisCounts> {
  const [cpu, commandStats] = await Promise.all([connection.info('cpu'), connection.info('commandstats')]);
  return { cpuMs: readCpuMs(cpu), ...readCommandStats(commandStats) };
}

/** Reads the CPU time of the whole process out of `INFO cpu`. */
export function readCpuMs(info: string): number {
  const secondsOf = (name: string): number =>
    Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? Number.NaN);
  return 1_000 * (secondsOf('used_cpu_user') + secondsOf('used_cpu_sys'));
}

const scriptCalls = ['eval', 'evalsha', 'eval_ro', 'evalsha_ro', 'fcall', 'fcall_ro'];

/** Reads the calls out of `INFO commandstats`. */
export function readCommandStats(info: string): { readonly scripts: number; readonly commands: number } {
  let scripts = 0;
  let commands = 0;
  for (const [, name = '', calls] of info.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)) {
    if (name === 'info') continue;
    commands += Number(calls);
    if (scriptCalls.includes(name)) scripts += Number(calls);
  }
  return { scripts, commands };
}
