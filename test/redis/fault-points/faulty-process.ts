import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { deferred } from '../../support/deferred.ts';
import { endWithUs } from '../../support/end-with-us.ts';
import { toldSchema } from './server-messages.ts';
import type { Order, Told } from './server-messages.ts';
import type { OnHeard } from './world.ts';

const projectDir = fileURLToPath(new URL('../../..', import.meta.url));

/** Starts `faulty-server.ts`; to be ended by `end`. */
export async function startFaultyProcess(env: Readonly<Record<string, string>>, onHeard: OnHeard) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/redis/fault-points/faulty-server.ts'], {
    cwd: projectDir,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const letGo = child.pid === undefined ? undefined : endWithUs(child.pid);
  const exited = once(child, 'close').then(() => letGo?.());
  const awaited = new Set<(told: Told) => void>();
  child.on('message', (message) => {
    const told = toldSchema.parse(message);
    if (told.type === 'heard') onHeard(told.conversation, told.topic);
    for (const look of awaited) look(told);
  });
  const next = async (isIt: (told: Told) => boolean): Promise<Told> => {
    const { promise, resolve } = deferred<Told>();
    const look = (told: Told): void => {
      if (isIt(told)) resolve(told);
    };
    awaited.add(look);
    const died = exited.then(() => Promise.reject(new Error(`the server has ended:\n${stderr}`)));
    return Promise.race([promise, died]).finally(() => awaited.delete(look));
  };
  const order = (what: Order) => child.send(what);
  const ready = await next(({ type }) => type === 'ready');
  if (ready.type !== 'ready') throw new Error('another message was taken for this one');
  return {
    url: ready.url,
    /** Makes the next call of a conversation stay at a race window; resolves with when it has come there. */
    arm: async (conversationId: string, point: Extract<Order, { type: 'arm' }>['point']) => {
      const armed = next(({ type }) => type === 'armed');
      const reached = next((told) => told.type === 'reached' && told.conversationId === conversationId);
      reached.catch(() => undefined);
      order({ type: 'arm', conversationId, point });
      await armed;
      return { reached };
    },
    /** Stops the process (SIGSTOP) with all calls where they are. */
    pause: async () => {
      const stopping = next(({ type }) => type === 'stopping');
      order({ type: 'stop' });
      await stopping;
    },
    goOn: () => child.kill('SIGCONT'),
    end: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
