import { systemClock } from '../../../server/system-clock.ts';
import { openRedisBacking } from '../../support/redis-backing.ts';

/** Two servers' adapters of the same conversations; use with `await using`. */
export async function openTwoBackings(url: string) {
  const here = await openRedisBacking({ url, clock: systemClock });
  const elsewhere = await openRedisBacking({ url, prefix: here.prefix, clock: systemClock });
  return {
    ...here,
    elsewhere,
    [Symbol.asyncDispose]: async () => {
      await elsewhere[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}
