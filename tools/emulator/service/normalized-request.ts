import type { RecordedRequest } from './recorded-request.ts';

/** Headers that say who calls, or how the connection is kept: not what is asked. */
const ofTheConnection = ['user-agent', 'host', 'connection', 'content-length', 'transfer-encoding'];

interface NormalizedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A request as two clients of the service must have it in common. */
export function normalizedRequest({
  method,
  path,
  query,
  headers,
  body,
}: RecordedRequest): NormalizedRequest {
  const shared = Object.entries(headers).filter(([name]) => !ofTheConnection.includes(name));
  return {
    method,
    path,
    query,
    headers: Object.fromEntries(shared.map(([name, value]): [string, string] => [name, String(value)])),
    body,
  };
}
