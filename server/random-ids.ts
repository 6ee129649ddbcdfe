import { randomFillSync, randomUUID } from 'node:crypto';
import type { Ids } from './orchestrator/ports/ids.ts';

/** Unguessable ids, from the machine's random source. */
export const randomIds: Ids = {
  turnId: () => randomUUID(),
  incarnation: () => randomUUID(),
  ticket: () => randomUUID(),
  mark: () => randomHex(12),
  errorId: () => randomUUID(),
};

const pool = Buffer.alloc(4_096);
let used = pool.length;

/** Random bytes as hex, from a pool: each call of the machine's random source costs more than a whole pool's bytes. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
