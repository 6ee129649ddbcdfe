import { isTurnkeeperError } from '../domain/errors.ts';
import type { LiveSnapshot } from '../answer/live-answer.ts';
import type { Dependencies } from './dependencies.ts';
import type { LiveObserver, LiveTurn } from './ports/live-observer.ts';

type Showing = Pick<Dependencies, 'live' | 'observer' | 'ids'>;

/**
 * Shows a turn's answer while it comes. An observer that fails is reported once and shown no more of the turn; the
 * turn goes on, because watching has no part in it (I5).
 */
export function showLive(showing: Showing, turn: LiveTurn): (shown: LiveSnapshot) => void {
  let isBroken = false;
  return (shown) => {
    if (!isBroken) isBroken = !tell(showing, (live) => live.show(turn, shown));
  };
}

/** Does the work of a turn, and tells those who watch that it runs and how it ended. */
export async function whileShown<Result>(
  showing: Showing,
  turn: LiveTurn,
  work: () => Promise<Result>,
): Promise<Result> {
  tell(showing, (live) => live.began(turn));
  try {
    const result = await work();
    tell(showing, (live) => live.over(turn, null));
    return result;
  } catch (error) {
    const reason = isTurnkeeperError(error) ? error.reason : 'INTERNAL';
    tell(showing, (live) => live.over(turn, reason));
    throw error;
  }
}

/** Returns whether the observer could be told. */
function tell({ live, observer, ids }: Showing, tellOf: (live: LiveObserver) => void): boolean {
  try {
    tellOf(live);
    return true;
  } catch (error) {
    observer.tell({ type: 'error.unexpected', errorId: ids.errorId(), error });
    return false;
  }
}
