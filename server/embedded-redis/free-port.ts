import { once } from 'node:events';
import { createServer } from 'node:net';

/** A loopback port that was free a moment ago; another process may still take it first. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The port probe has no TCP address.');
  return address.port;
}
