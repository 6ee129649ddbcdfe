import type { ServerResponse } from 'node:http';

/**
 * Closes the connection of an answer without an end when nothing of it is taken in for too long. What waits for a watcher is
 * bounded, but nobody else would ever give the connection up: a stream is written to only as far as it is read.
 */
export function dropWhenStalled(response: ServerResponse, stallMs: number): void {
  response.setTimeout(stallMs, () => response.destroy());
}
