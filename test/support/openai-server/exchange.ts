import type { ServerResponse } from 'node:http';
import type { RecordedRequest } from './recorded-request.ts';

/** One request, and the means to answer it, well or badly. */
export interface Exchange {
  readonly request: RecordedRequest;
  readonly response: ServerResponse;
}

/** How a request is answered. */
export type Reply = (exchange: Exchange) => void | Promise<void>;
