import { once } from 'node:events';
import { createServer } from 'node:net';

const attempts = 5;

/**
 * A loopback port that was free a moment ago; another process may still take it first.
 * @throws an Error if the system names no free port in several tries
 */
export async function freePort(): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await probePort();
    } catch (error) {
      // On some systems two processes that ask at the same moment are offered one port, and the second is refused.
      if (attempt === attempts) throw error;
    }
  }
}

async function probePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The port probe has no TCP address.');
  return address.port;
}
