import { Redis, SentinelConnector } from 'ioredis';
import type { SentinelConnectionOptions } from 'ioredis';
import { describeRedisError } from './describe-redis-error.ts';
import type { RedisEndpoint, TlsMaterial } from './redis-target.ts';
import { namedEndpoint } from './tls-options.ts';

/** Told what is wrong with one sentinel. */
export type OnSentinelTrouble = (address: string, reason: string) => void;

/**
 * ioredis's connector, but for its connections to the sentinels themselves: ioredis gives all of them the same TLS options,
 * and each needs the name of its own host; and it drops their errors, which say why no sentinel answers.
 */
export function sentinelConnector(
  options: SentinelConnectionOptions,
  tls: TlsMaterial | null,
  onTrouble: OnSentinelTrouble,
) {
  return class NamingSentinelConnector extends SentinelConnector {
    constructor() {
      super(options);
      // The method is private to ioredis's types, so it can only be replaced at run time.
      Object.assign(this, {
        connectToSentinel: (address: RedisEndpoint): Redis => {
          const sentinel = new Redis({
            ...namedEndpoint(address, tls),
            username: options.sentinelUsername,
            password: options.sentinelPassword,
            connectTimeout: options.connectTimeout,
            commandTimeout: options.sentinelCommandTimeout,
            // It is asked once; what went wrong is told by its command.
            enableReadyCheck: false,
            retryStrategy: null,
            disableClientInfo: true,
          });
          sentinel.on('error', (error: unknown) =>
            onTrouble(`${address.host}:${address.port}`, describeRedisError(error)),
          );
          return sentinel;
        },
      });
    }
  };
}
