import { randomBytes, randomUUID } from 'node:crypto';
import type { Ids } from './orchestrator/ports/ids.ts';

/** Unguessable ids, from the machine's random source. */
export const randomIds: Ids = {
  turnId: () => randomUUID(),
  incarnation: () => randomUUID(),
  ticket: () => randomUUID(),
  mark: () => randomBytes(12).toString('hex'),
  errorId: () => randomUUID(),
};
