import { once } from 'node:events';
import { connect } from 'node:net';

/** What a client that no HTTP library made can send, and what comes back; to be held by `await using`. */
export async function rawConnection(url: string) {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  // Whoever is cut off in the midst of sending is told so; what counts is what has come back.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return {
    socket,
    send: (text: string) => void socket.write(text, 'latin1'),
    received: () => received,
    /** Resolves with all that has come once it matches; rejects where the connection ends without. */
    until: async (pattern: RegExp): Promise<string> => {
      for (;;) {
        if (pattern.test(received)) return received;
        if (socket.closed) throw new Error(`the connection ended with: ${received}`);
        await Promise.race([once(socket, 'data'), closed]);
      }
    },
    /** Settles when the server, or both sides, have closed it. */
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

/** Sends one request as it is written, which must ask for the connection to be closed, and reads the answer whole. */
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
