import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { z } from 'zod';
import { endWithUs } from '../../support/end-with-us.ts';

const toldSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string() }),
  z.object({ type: z.literal('begun') }),
  z.object({ type: z.literal('ended'), tookMs: z.number() }),
]);

/** Starts `measured-server.ts`; to be held by `await using`. */
export async function startMeasuredServer() {
  const script = fileURLToPath(new URL('measured-server.ts', import.meta.url));
  const child = fork(script, {
    env: {
      PATH: process.env['PATH'],
      ...{ PORT: '0', REDIS_URL: inject('redisUrl'), REDIS_PREFIX: `t-${randomUUID().slice(0, 8)}` },
      REDIS_COMMAND_TIMEOUT_MS: '10000',
    },
    // What the collector spends on other threads is nobody's waiting.
    execArgv: ['--import', 'tsx', '--single-threaded-gc'],
  });
  const letGo = child.pid === undefined ? undefined : endWithUs(child.pid);
  const exited = once(child, 'exit').then(() => letGo?.());
  const next = async () => {
    const died = exited.then(() => Promise.reject(new Error('the measured server has ended')));
    const [message] = (await Promise.race([once(child, 'message'), died])) as unknown[];
    return toldSchema.parse(message);
  };
  const ready = await next();
  if (ready.type !== 'ready') throw new Error('it was to be ready first');
  return {
    url: ready.url,
    /** What a request took, in ms of the processor: all of it, or the longest turn of the event loop that it caused. */
    measure: async (what: 'whole' | 'turns', request: () => Promise<unknown>): Promise<number> => {
      const begun = next();
      child.send(`begin ${what}`);
      await begun;
      await request();
      const ended = next();
      child.send('end');
      const told = await ended;
      if (told.type !== 'ended') throw new Error('it was to say how long');
      return told.tookMs;
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await exited;
    },
  };
}
