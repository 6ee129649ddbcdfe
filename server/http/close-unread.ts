import type { RequestHandler } from 'express';

/** For how long a request is still taken in, and thrown away, that has been answered already. */
const lingerMs = 1_000;

/**
 * Closes the connection of a request that was answered before it had come whole, and goes on coming: Node would take in, and
 * throw away, whatever is sent. Not at once, for a client that is sending may not read its answer otherwise.
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
