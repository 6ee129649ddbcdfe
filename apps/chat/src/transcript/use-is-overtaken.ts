import { useState } from 'react';

/**
 * Returns whether a turn was stored since the one that is under way was begun.
 * @param turnId of the turn that is under way; `null` when there is none
 * @param lastTurn the number of the last turn that is stored
 */
export function useIsOvertaken(turnId: string | null, lastTurn: number): boolean {
  const [begun, setBegun] = useState({ turnId, lastTurn });
  if (begun.turnId !== turnId) setBegun({ turnId, lastTurn });
  return turnId !== null && begun.turnId === turnId && lastTurn > begun.lastTurn;
}
