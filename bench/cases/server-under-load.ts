import { z } from 'zod';
import type { Load, Run } from '../measure/drive.ts';
import { runSchema } from '../measure/drive.ts';
import { startChild } from '../processes/child.ts';
import type { Child } from '../processes/child.ts';
import type { ServerSpec } from '../processes/server-spec.ts';
import { conversationCount } from '../world/workload.ts';
import { disposeOfAll, startAll } from './bench-case.ts';

const users = 16;

/** Servers that share a load, each in a process of its own, and the process that the load comes from. */
export interface ServersUnderLoad extends AsyncDisposable {
  /** The name that the table shows. */
  readonly name: string;
  readonly servers: readonly Child[];
  readonly load: Child;
  /** The run with the CPU time of the servers, not of the load. */
  readonly run: (load: Load) => Promise<Run>;
}

export async function startUnderLoad(name: string, specs: readonly ServerSpec[]): Promise<ServersUnderLoad> {
  const started: Child[] = [];
  const dispose = () => disposeOfAll(started);
  try {
    const servers = await startAll(specs.map((spec) => startChild('server-process', spec)));
    started.push(...servers);
    const urls = await Promise.all(servers.map((server) => server.call('url', null, z.string())));
    const load = await startChild('load-process', { urls, users });
    started.push(load);
    await load.call('prepare', { conversations: conversationCount }, z.null());
    return {
      name,
      servers,
      load,
      run: async (wanted) => {
        const before = await cpuMsOf(servers);
        const run = await load.call('run', wanted, runSchema);
        return { ...run, cpuMs: (await cpuMsOf(servers)) - before };
      },
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function cpuMsOf(servers: readonly Child[]): Promise<number> {
  const times = await Promise.all(servers.map((server) => server.call('cpuMs', null, z.number())));
  return times.reduce((sum, time) => sum + time, 0);
}
