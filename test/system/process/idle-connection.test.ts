import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, inject, it } from 'vitest';
import { rawConnection } from '../../support/raw-http.ts';
import { startServerProcess } from '../../support/server-process.ts';

/**
 * Two of these are longer than the 5 s after which Node closes an idle connection; a busy machine only adds to them.
 */
const idleMs = 4_500;
const pausedMs = 2_500;

const conversationId = `idle-${randomUUID()}`;

/** A turn as a load balancer sends it, on a connection that it keeps. */
function turnRequest(url: string, turnId: string): string {
  const body = JSON.stringify({
    json: {
      conversationId,
      workflowId: 'leave-request',
      turnId,
      input: { type: 'text', text: 'hello' },
    },
  });
  return [
    'POST /trpc/workflow.turn HTTP/1.1',
    `Host: ${new URL(url).host}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

describe('an idle connection to a server that stalls (K12)', () => {
  it('accepts the turn sent meanwhile: the server does not close it then', async () => {
    await using server = await startServerProcess({ REDIS_URL: inject('redisUrl') });
    const { url } = await server.started();
    await using connection = await rawConnection(url);
    connection.send(turnRequest(url, 't1'));
    await connection.until(/^HTTP\/1\.1 200 [^]*"turnId":"t1"/);
    await setTimeout(idleMs);
    server.signal('SIGSTOP');
    try {
      await setTimeout(pausedMs);
      connection.send(turnRequest(url, 't2'));
    } finally {
      server.signal('SIGCONT');
    }
    const answers = await connection.until(/"turnId":"t2"/);
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
  });
});
