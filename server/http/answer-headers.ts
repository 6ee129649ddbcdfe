import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** A middleware that only sets headers, at once: helmet and cors are, for all but preflights. */
export type HeaderMiddleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Returns the headers that the middlewares set, by a request's `Origin`: names and values in turn, in their order. The
 * middlewares run once here, for each origin that they know, so that no header is written at a second place.
 */
export function answerHeaders(
  middlewares: readonly HeaderMiddleware[],
  origins: readonly string[],
): (origin: string | undefined) => readonly string[] {
  const byOrigin = new Map(origins.map((origin) => [origin, headersSetBy(middlewares, origin)]));
  const forOthers = headersSetBy(middlewares, undefined);
  return (origin) => (origin === undefined ? undefined : byOrigin.get(origin)) ?? forOthers;
}

function headersSetBy(middlewares: readonly HeaderMiddleware[], origin: string | undefined): string[] {
  const request = new IncomingMessage(new Socket());
  request.method = 'GET';
  if (origin !== undefined) request.headers.origin = origin;
  const response = new RecordedResponse(request);
  for (const middleware of middlewares) middleware(request, response, () => undefined);
  return [...response.recorded.values()].flat();
}

/** Keeps header names as they are written; Node's getters return them in lower case. */
class RecordedResponse extends ServerResponse {
  readonly recorded = new Map<string, readonly [name: string, value: string]>();

  override setHeader(name: string, value: number | string | readonly string[]): this {
    this.recorded.set(name.toLowerCase(), [name, String(value)]);
    return super.setHeader(name, value);
  }
}
