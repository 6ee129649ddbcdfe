import type { RequestHandler } from 'express';

/** Time for a client that is still sending to read the answer, in milliseconds, before the connection is destroyed. */
const lingerMs = 1_000;

/**
 * Closes the connection of a request that was answered before it had arrived whole, unless the rest arrives soon. Without this
 * Node reads, and throws away, for as long as a client sends.
 */
export const closeUnread: RequestHandler = (request, response, next) => {
  response.once('finish', () => {
    if (request.complete) return;
    const timer = setTimeout(() => request.socket.destroy(), lingerMs);
    request.once('close', () => clearTimeout(timer));
    request.once('end', () => clearTimeout(timer));
  });
  next();
};
