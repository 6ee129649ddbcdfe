import type { StopResult } from '../../contract/results.ts';
import type { ConversationKey } from '../domain/identity.ts';
import type { Dependencies } from './dependencies.ts';

interface StopCommand {
  readonly key: ConversationKey;
  /** Only the turn of this id; undefined for whichever runs. */
  readonly turnId: string | undefined;
}

/**
 * Stops the turn that runs, without starting another. Its caller gets TURN_INTERRUPTED, and nothing of it is stored. A turn
 * that waits for others is not running.
 * @throws TurnkeeperError STATE_STORE_UNAVAILABLE
 */
export async function stopTurn({ leases }: Dependencies, { key, turnId }: StopCommand): Promise<StopResult> {
  return { stopped: await leases.stop(key, turnId ?? null) };
}
