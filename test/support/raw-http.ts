import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends bytes that no HTTP library would send, and reads the response; use with `await using`. */
export async function rawConnection(url: string) {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  // A client cut off while it sends gets an error here; only what has arrived counts.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    socket,
    send: (text: string) => void socket.write(text, 'latin1'),
    received: () => received,
    /** Resolves with all that has arrived once it matches; rejects if the connection ends first. */
    until: async (pattern: RegExp): Promise<string> => {
      for (;;) {
        if (pattern.test(received)) return received;
        if (socket.closed) throw new Error(`the connection ended with: ${received}`);
        await Promise.race([once(socket, 'data'), closed]);
      }
    },
    /** Settles when the server, or both sides, have closed the connection. */
    closed,
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      await closed;
    },
  };
}

interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends one request as written, which must ask to close the connection, and reads the whole response. */
export async function rawRequest(url: string, lines: readonly string[], body = ''): Promise<RawAnswer> {
  await using connection = await rawConnection(url);
  connection.send(`${lines.join('\r\n')}\r\n\r\n${body}`);
  await connection.closed;
  return parseAnswer(connection.received());
}

function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
  if (status === undefined) throw new Error(`no answer, but: ${text}`);
  return { status: Number(status), head: text.slice(0, end), body: text.slice(end + 4) };
}
