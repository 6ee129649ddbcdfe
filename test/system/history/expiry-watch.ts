import type { Redis } from 'ioredis';
import { keysUnder } from '../../support/raw-redis.ts';
import { immortalAmong } from './stored.ts';

const everyMs = 150;

interface ExpiryWatch {
  /** Resolves with the keys found. */
  readonly stop: () => Promise<string[]>;
  [Symbol.dispose]: () => void;
}

/** Looks for keys without an expiry again and again, because a key may lack one for a moment only. */
export function watchExpiries(redis: Redis, prefix: string): ExpiryWatch {
  const found = new Set<string>();
  let isOver = false;
  const watch = async (): Promise<void> => {
    while (!isOver) {
      // If Redis is down now, the next look finds them.
      await keysUnder(redis, prefix)
        .then((keys) => immortalAmong(redis, keys))
        .then((keys) => keys.forEach((key) => found.add(key)))
        .catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  const watching = watch();
  return {
    stop: async () => {
      isOver = true;
      await watching;
      return [...found];
    },
    [Symbol.dispose]: () => {
      isOver = true;
    },
  };
}
