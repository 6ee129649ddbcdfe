import type { RequestListener } from 'node:http';
import { refusalBody } from '../router/error-shape.ts';
import { RequestRefused } from '../router/failure.ts';
import { isLoopback } from '../domain/web-address.ts';

/**
 * Refuses requests that did not come in by a loopback address. A mounted server does not choose where its application
 * listens, and the development's authenticator believes whatever user a caller claims to be.
 */
export function onLoopbackOnly(listener: RequestListener): RequestListener {
  return (request, response) => {
    const address = request.socket.localAddress?.replace(/^::ffff:/, '') ?? '';
    if (isLoopback(address)) {
      listener(request, response);
      return;
    }
    const refusal = new RequestRefused(
      'FORBIDDEN',
      'This server believes whatever user a caller claims to be, so it only answers on loopback addresses. Give ' +
        'createTurnkeeper authenticate, a function that finds out who calls.',
    );
    response.writeHead(refusal.httpStatus, {
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
    });
    response.end(refusalBody(refusal));
  };
}
