import { once } from 'node:events';
import { Redis } from 'ioredis';
import type { Claim } from './data-dir-lock.ts';

const answerTimeoutMs = 2_000;
const shutdownTimeoutMs = 10_000;

/**
 * Ends the Redis that a killed server left behind, and waits until it is gone: two must never write one append-only file.
 * Whatever else has taken its port since then is left alone: it doesn't know the password.
 * @throws Error naming the process to kill, when it is there but doesn't answer or end
 */
export async function shutDownOrphan(claim: Claim): Promise<void> {
  if (claim.url === null) return;
  const client = new Redis(claim.url, {
    lazyConnect: true,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: answerTimeoutMs,
    commandTimeout: answerTimeoutMs,
  });
  let refusal = '';
  client.on('error', (error) => {
    refusal = error.message;
  });
  const ended = once(client, 'end', { signal: AbortSignal.timeout(shutdownTimeoutMs) });
  // It may settle while nothing waits for it yet.
  ended.catch(() => undefined);
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    const reason = `${refusal} ${error instanceof Error ? error.message : String(error)}`;
    // One that still reads its file can be told to end as well.
    if (!reason.includes('LOADING')) {
      client.disconnect();
      if (/ECONNREFUSED|WRONGPASS|NOAUTH|without any password|Protocol error/.test(reason)) return;
      throw hung(claim);
    }
  }
  // It never answers this: it closes the connection by ending.
  client.shutdown().catch(() => undefined);
  await ended.catch(() => {
    client.disconnect();
    throw hung(claim);
  });
}

function hung(claim: Claim): Error {
  const port = claim.url === null ? '' : ` on port ${new URL(claim.url).port}`;
  const how = claim.redisPid === null ? '' : ` with "kill -9 ${claim.redisPid}"`;
  return new Error(
    `The Redis that an earlier server left behind${port} doesn't end when it is told to. End it${how}, then start again.`,
  );
}
