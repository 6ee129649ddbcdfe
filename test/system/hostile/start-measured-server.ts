import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { z } from 'zod';
import { bundledProgram } from '../../support/bundled-program.ts';
import { startProgram } from '../../support/child-program.ts';

const toldSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), url: z.string() }),
  z.object({ type: z.literal('begun') }),
  z.object({ type: z.literal('ended'), tookMs: z.number() }),
]);

/** Starts `measured-server.ts`; use with `await using`. */
export async function startMeasuredServer() {
  const program = startProgram(await bundledProgram('test/system/hostile/measured-server.ts'), {
    env: {
      ...{ PORT: '0', REDIS_URL: inject('redisUrl'), REDIS_PREFIX: `t-${randomUUID().slice(0, 8)}` },
      REDIS_COMMAND_TIMEOUT_MS: '10000',
    },
    // The CPU time of the collector's own threads would count, although no request waits for them.
    nodeOptions: ['--single-threaded-gc'],
  });
  const next = () => program.next((message) => toldSchema.parse(message));
  const ready = await next();
  if (ready.type !== 'ready') throw new Error('it was to be ready first');
  return {
    url: ready.url,
    /** Measures a request in milliseconds of CPU time: all of it, or its longest turn of the event loop. */
    measure: async (what: 'whole' | 'turns', request: () => Promise<unknown>): Promise<number> => {
      const begun = next();
      program.tell(`begin ${what}`);
      await begun;
      await request();
      const ended = next();
      program.tell('end');
      const told = await ended;
      if (told.type !== 'ended') throw new Error('it was to say how long');
      return told.tookMs;
    },
    [Symbol.asyncDispose]: program.kill,
  };
}
