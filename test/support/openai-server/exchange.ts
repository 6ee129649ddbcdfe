import type { ServerResponse } from 'node:http';
import type { RecordedRequest } from './recorded-request.ts';

/** One request, and the means to answer it, correctly or not. */
export interface Exchange {
  readonly request: RecordedRequest;
  readonly response: ServerResponse;
}

/** Answers a request. */
export type Reply = (exchange: Exchange) => void | Promise<void>;
