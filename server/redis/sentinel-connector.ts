import { SentinelConnector } from 'ioredis';
import type { Redis, SentinelConnectionOptions } from 'ioredis';
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
      const connect = this['connectToSentinel'].bind(this);
      // The method is private to ioredis's types, so it can only be replaced at run time.
      Object.assign(this, {
        connectToSentinel: (address: RedisEndpoint, more?: object): Redis => {
          const sentinel = connect(address, { ...more, tls: namedEndpoint(address, tls).tls });
          sentinel.on('error', (error: unknown) =>
            onTrouble(`${address.host}:${address.port}`, describeRedisError(error)),
          );
          return sentinel;
        },
      });
    }
  };
}
