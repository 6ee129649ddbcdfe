/** A process that holds one server, and says what it has cost. */
import { setTimeout } from 'node:timers/promises';
import { answerCommands, readSpec } from './answer-commands.ts';
import { serverSpecSchema } from './server-spec.ts';
import type { ServerSpec } from './server-spec.ts';

/** Loads what it starts and nothing else: a reference must not carry our server's modules along. */
async function start(spec: ServerSpec): Promise<{ readonly url: string }> {
  switch (spec.kind) {
    case 'do-nothing': {
      const { startDoNothingServer } = await import('../references/do-nothing-server.ts');
      return startDoNothingServer();
    }
    case 'ideal-turn': {
      const { startIdealTurnServer } = await import('../references/ideal-turn-server.ts');
      return startIdealTurnServer(spec);
    }
    case 'ours': {
      const { startOurServer } = await import('../world/our-server.ts');
      const { redisUrl, redisPrefix, env = {} } = spec;
      return startOurServer({ redisUrl, redisPrefix, env });
    }
  }
}

const { url } = await start(readSpec(serverSpecSchema));

// One collection leaves what finalizers and weak references still hold.
const collections = 4;
const betweenCollectionsMs = 50;

answerCommands({
  url: () => Promise.resolve(url),
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return Promise.resolve((user + system) / 1_000);
  },
  memory: async () => {
    for (let count = 0; count < collections; count += 1) {
      globalThis.gc?.();
      await setTimeout(betweenCollectionsMs);
    }
    return process.memoryUsage();
  },
});
