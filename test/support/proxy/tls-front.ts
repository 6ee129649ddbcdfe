import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { createAuthority } from '../certificates.ts';
import { startTcpProxy } from './tcp-proxy.ts';

/**
 * Speaks TLS in front of a plain Redis and records the server name (SNI) of each connection. Like a router that routes
 * by name, it ends a connection without a name or with another one, unless `isAnyName`. Use with `await using`.
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
        // Without a name it is false, which Node's types omit.
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
    /** Returns the names that connections have asked for, null for none. */
    names: (): (string | null)[] => [...new Set(names)],
    ca,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
