import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { createAuthority } from '../certificates.ts';
import { startTcpProxy } from './tcp-proxy.ts';

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
  const proxy = await startTcpProxy({
    target: () => ({ port: targetPort(), hostname: '127.0.0.1' }),
    serve: (take) =>
      createServer(authority.issue([certifiedFor]), (client) => {
        // Node's types know no false, which it is without a name.
        const named: unknown = client.servername;
        const name = typeof named === 'string' ? named : null;
        names.push(name);
        client.on('error', () => undefined);
        if (isAnyName || name === certifiedFor) take(client);
        else client.destroy();
      }).on('tlsClientError', () => undefined),
  });
  return {
    port: proxy.port,
    /** The names that connections have asked for, null where none was. */
    names: (): (string | null)[] => [...new Set(names)],
    ca,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
