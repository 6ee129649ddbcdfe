import type { RequestHandler } from 'express';

/**
 * Closes a watcher's connection that takes nothing in for too long. What waits for it is bounded, but nobody else would
 * ever give the connection up: a stream is written to only as far as it is read.
 */
export function dropStalledWatchers(stallMs: number): RequestHandler {
  return (request, response, next) => {
    if (request.path === '/workflow.watch') response.setTimeout(stallMs, () => response.destroy());
    next();
  };
}
