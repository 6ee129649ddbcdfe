/** `npm run demo`: starts Redis and a server, plays one whole conversation, prints each turn, and exits. */
import { fileURLToPath } from 'node:url';
import { createTurnkeeperClient } from '../../client-sdk/src/index.ts';
import { localServer } from '../../cli/support/local-server.ts';
import { temporaryRedis } from '../../cli/support/temporary-redis.ts';
import { terminalColors } from '../../cli/support/plain-text.ts';
import { readDefinitions } from '../../cli/support/workflows-folder.ts';
import { playDemo } from './play-demo.ts';

async function main(): Promise<void> {
  const colors = terminalColors();
  await using redis = await temporaryRedis();
  const definitions = await readDefinitions(fileURLToPath(new URL('../../workflows', import.meta.url)));
  await using server = await localServer({ definitions, redisUrl: redis.url, redisPrefix: 'demo' });
  console.log(
    colors.dim(`A server on ${server.url}, with a Redis of its own, both until the end of this demo.\n`),
  );
  await playDemo(createTurnkeeperClient({ url: server.url }), colors);
}

main().catch((error: unknown) => {
  console.error(
    `The demo did not come to its end: ${error instanceof Error ? error.message : String(error)}`,
  );
  process.exitCode = 1;
});
