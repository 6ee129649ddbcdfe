import type { LiveEvent } from '../domain/live/live-events.ts';
import type { Dependencies } from './dependencies.ts';
import type { LiveTurn } from './ports/live-observer.ts';

/**
 * Shows a turn's answer while it comes. An observer that fails is reported once and shown no more of the turn; the
 * turn goes on, because watching has no part in it (I5).
 */
export function showLive(
  { live, observer, ids }: Pick<Dependencies, 'live' | 'observer' | 'ids'>,
  turn: LiveTurn,
): (event: LiveEvent) => void {
  let isBroken = false;
  return (event) => {
    if (isBroken) return;
    try {
      live.show(turn, event);
    } catch (error) {
      isBroken = true;
      observer.tell({ type: 'error.unexpected', errorId: ids.errorId(), error });
    }
  };
}
