import type { ServerResponse } from 'node:http';
import { refusalBody } from '../router/error-shape.ts';
import type { RequestRefused } from '../router/failure.ts';

/** Refuses a request for the API that is no call, in the form of a call's error. */
export function refuse(response: ServerResponse, failure: RequestRefused): void {
  response.statusCode = failure.httpStatus;
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Cache-Control', 'no-store');
  response.end(refusalBody(failure));
}
