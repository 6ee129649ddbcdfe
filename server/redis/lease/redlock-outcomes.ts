import { storeUnavailable } from '../connection/unavailable.ts';
import type { Extension } from './extend-in-time.ts';
import { faultBehind, hasRunOut, isContention } from './redlock-votes.ts';

/**
 * What redlock acquired, or null when another holds it.
 * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
 */
export async function unlessContended<Lock>(acquiring: Promise<Lock>): Promise<Lock | null> {
  try {
    return await acquiring;
  } catch (error) {
    if (await isContention(error)) return null;
    throw storeUnavailable(await faultBehind(error));
  }
}

export async function extensionBy(extend: () => Promise<void>): Promise<Extension> {
  try {
    await extend();
    return 'extended';
  } catch (error) {
    return hasRunOut(error) || (await isContention(error)) ? 'lost' : 'unreachable';
  }
}

/** What a script that extends a lease answered. */
export async function extensionOf(reply: Promise<unknown>): Promise<Extension> {
  try {
    return Number(await reply) === 0 ? 'lost' : 'extended';
  } catch {
    return 'unreachable';
  }
}
