import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Stranger extends AsyncDisposable {
  /** Its URL, with another host name than the emulator's. */
  readonly url: string;
  readonly requests: readonly { readonly method: string; readonly headers: IncomingHttpHeaders }[];
}

/** A second host, the target of redirects: a client must never call it. It answers as the service does. */
export async function startStranger(): Promise<Stranger> {
  const requests: { method: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? '', headers: request.headers });
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-ms-conversationid': 'stranger' });
    response.end(
      'event: activity\ndata: {"type":"message","text":"from a stranger"}\n\nevent: end\ndata: end\n\n',
    );
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}/conversations`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
