import { randomBytes } from 'node:crypto';
import { startOwnRedis } from './own-redis.ts';
import { rawRedis } from './raw-redis.ts';
import type { Security } from './redis-tls.ts';
import { until } from './until.ts';

/** Starts a primary and a replica that no sentinel monitors; use with `await using`. */
export async function startReplicatedRedis(security?: Security) {
  const password = randomBytes(16).toString('hex');
  const start = async (of: { readonly port: number } | null) => {
    const secure = await security?.listen();
    const redis = await startOwnRedis({
      password,
      extraConfig: [
        `masterauth ${password}`,
        'repl-diskless-sync-delay 0',
        'repl-ping-replica-period 1',
        ...(secure?.config ?? []),
        ...(security === undefined ? [] : [security.aclLine]),
        ...(of === null ? [] : [`replicaof 127.0.0.1 ${of.port}`]),
      ],
    });
    return { ...redis, servicePort: secure?.port ?? redis.port };
  };
  const primary = await start(null);
  const replica = await start({ port: primary.servicePort });
  using following = rawRedis(replica.url);
  await until(async () => (await following.redis.info('replication')).includes('master_link_status:up'));
  // The primary counts a replica only after it has confirmed something.
  using leading = rawRedis(primary.url);
  await until(async () => {
    await leading.redis.set('first-write', '', 'PX', 1);
    return (await leading.redis.wait(1, 200)) === 1;
  });
  return {
    password,
    primary,
    replica,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([primary[Symbol.asyncDispose](), replica[Symbol.asyncDispose]()]);
    },
  };
}
