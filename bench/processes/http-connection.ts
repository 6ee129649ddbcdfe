import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

const closedByServer = 'The server has closed the connection.';

/**
 * One kept-alive connection that has one request under way at a time. It reads no more of an answer than its end, so
 * that the load takes as little as it can of the processor which it shares with the server.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received = '';
  #waiting: {
    readonly resolve: (answer: HttpAnswer) => void;
    readonly reject: (error: Error) => void;
  } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#read(chunk));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error(closedByServer)));
  }

  static async open(url: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new HttpConnection(socket);
  }

  /** Sends a request as `httpRequest` makes it. */
  send(request: string): Promise<HttpAnswer> {
    if (this.#socket.closed) return Promise.reject(new Error(closedByServer));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#received = '';
      this.#socket.write(request);
    });
  }

  /** Hands everything that comes from now on to a reader, as a stream of events needs it. */
  stream(request: string, onText: (text: string) => void): void {
    this.#socket.removeAllListeners('data');
    this.#socket.on('data', onText);
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: string): void {
    this.#received += chunk;
    const head = this.#received.indexOf('\r\n\r\n');
    if (head < 0 || !isComplete(this.#received, head)) return;
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({ status: Number(this.#received.slice(9, 12)), body: this.#received.slice(head + 4) });
  }
}

/** JSON holds no line break, so the last chunk of a chunked body can't be taken for another. */
function isComplete(received: string, head: number): boolean {
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, head))?.[1];
  if (length !== undefined) return received.length >= head + 4 + Number(length);
  return received.endsWith('\r\n0\r\n\r\n') && received.length > head + 4;
}

interface RequestParts {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function httpRequest(url: string, { method, path, headers, body = '' }: RequestParts): string {
  const lines = Object.entries({
    ...{ host: new URL(url).host, ...headers },
    ...(body === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  }).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
