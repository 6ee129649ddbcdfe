import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { listenLocally } from '../../support/local-server.ts';

interface EventServer extends AsyncDisposable {
  readonly url: string;
  /** The Last-Event-ID header of each connection, oldest first. */
  readonly lastEventIds: readonly (string | null)[];
}

const sentInput = z.object({ json: z.object({ lastEventId: z.string().nullish().default(null) }) });

/** Answers a watch with frames of the test's choice; it copies only the form of tRPC's subscriptions. */
export async function eventServer(
  serve: (response: ServerResponse, connection: number) => void,
): Promise<EventServer> {
  const lastEventIds: (string | null)[] = [];
  const server = createServer(({ url }, response) => {
    const input = new URL(url ?? '/', 'http://localhost').searchParams.get('input') ?? '{}';
    lastEventIds.push(sentInput.parse(JSON.parse(input)).json.lastEventId);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    serve(response, lastEventIds.length);
  });
  return {
    lastEventIds,
    ...(await listenLocally(server)),
  };
}

export const connected = (reconnectAfterInactivityMs: number): string =>
  frame({ event: 'connected', data: { reconnectAfterInactivityMs } });

export const ping = frame({ event: 'ping', data: {} });

export function started(turnNumber: number): string {
  const event = { type: 'watch.started', turnNumber };
  return frame({ id: `at-${turnNumber}`, data: { json: event } });
}

function frame({ data, ...fields }: { event?: string; id?: string; data: object }): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
  return `${lines.join('')}data: ${JSON.stringify(data)}\n\n`;
}
