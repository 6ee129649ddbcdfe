/** A server's process, as far as its embedded Redis goes: starts one on the folder it is given, prints its url, stays. */
import { startEmbeddedRedis } from '../../../server/embedded-redis/embedded-redis.ts';

const redis = await startEmbeddedRedis({
  dataDir: process.argv[2] ?? '',
  report: (message) => process.stderr.write(message),
});
process.stdout.write(`${redis.url}\n`);
