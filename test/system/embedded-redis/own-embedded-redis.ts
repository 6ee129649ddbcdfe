/** Stands for a server's process: starts an embedded Redis on the given folder, prints its url, and keeps running. */
import { startEmbeddedRedis } from '../../../server/embedded-redis/embedded-redis.ts';

const redis = await startEmbeddedRedis({
  dataDir: process.argv[2] ?? '',
  report: (message) => process.stderr.write(message),
});
process.stdout.write(`${redis.url}\n`);
