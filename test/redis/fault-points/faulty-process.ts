import { bundledProgram } from '../../support/bundled-program.ts';
import { startProgram } from '../../support/child-program.ts';
import { toldSchema } from './server-messages.ts';
import type { Order, Told } from './server-messages.ts';
import type { OnHeard } from './world.ts';

/** Starts `faulty-server.ts`; `end` stops it. */
export async function startFaultyProcess(env: Readonly<Record<string, string>>, onHeard: OnHeard) {
  const program = startProgram(await bundledProgram('test/redis/fault-points/faulty-server.ts'), { env });
  program.child.on('message', (message) => {
    const told = toldSchema.parse(message);
    if (told.type === 'heard') onHeard(told.conversation, told.topic);
  });
  const next = (isIt: (told: Told) => boolean): Promise<Told> =>
    program.next((message) => {
      const told = toldSchema.parse(message);
      return isIt(told) ? told : undefined;
    });
  const order = (what: Order): void => program.tell(what);
  const ready = await next(({ type }) => type === 'ready');
  if (ready.type !== 'ready') throw new Error('another message was taken for this one');
  return {
    url: ready.url,
    /** Holds the conversation's next call at a race window; `reached` resolves when the call arrives there. */
    arm: async (conversationId: string, point: Extract<Order, { type: 'arm' }>['point']) => {
      const armed = next(({ type }) => type === 'armed');
      const reached = next((told) => told.type === 'reached' && told.conversationId === conversationId);
      reached.catch(() => undefined);
      order({ type: 'arm', conversationId, point });
      await armed;
      return { reached };
    },
    /** Stops the process (SIGSTOP) with all held calls where they are. */
    pause: async () => {
      const stopping = next(({ type }) => type === 'stopping');
      order({ type: 'stop' });
      await stopping;
    },
    goOn: () => program.signal('SIGCONT'),
    end: program.kill,
  };
}
