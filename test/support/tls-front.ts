import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { createAuthority } from './certificates.ts';

/**
 * Speaks TLS in front of a plain Redis, and notes the server name of each connection (SNI). Like a router that goes by it, it
 * ends a connection that names none, or another one, unless `isAnyName`. To be held by `await using`.
 */
export async function startTlsFront(
  targetPort: () => number,
  { certifiedFor, isAnyName = false }: { readonly certifiedFor: string; readonly isAnyName?: boolean },
) {
  const dir = await mkdtemp(join(tmpdir(), 'turnkeeper-tls-front-'));
  const authority = createAuthority();
  const ca = join(dir, 'ca.pem');
  await writeFile(ca, authority.cert);
  const names: (string | null)[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer(authority.issue([certifiedFor]), (client) => {
    // Node's types know no false, which it is without a name.
    const named: unknown = client.servername;
    const name = typeof named === 'string' ? named : null;
    names.push(name);
    sockets.add(client);
    client.on('error', () => undefined);
    if (!isAnyName && name !== certifiedFor) {
      client.destroy();
      return;
    }
    const behind = connect(targetPort(), '127.0.0.1');
    behind.on('error', () => undefined).on('close', () => client.destroy());
    client.on('close', () => behind.destroy());
    client.pipe(behind).pipe(client);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the front has no port');
  return {
    port: address.port,
    /** The names that connections have asked for, null where none was. */
    names: (): (string | null)[] => [...new Set(names)],
    ca,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      await rm(dir, { recursive: true, force: true });
    },
  };
}
