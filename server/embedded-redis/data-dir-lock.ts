import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Redis } from 'ioredis';
import { z } from 'zod';

const claimSchema = z.object({
  ownerPid: z.int().positive(),
  ownerMark: z.string(),
  redisPid: z.int().positive().nullable(),
  /** Null until a Redis is about to be started. */
  url: z.url().nullable(),
});

/** The server that runs a Redis on a data folder, and how to reach that Redis. */
type DirClaim = Readonly<z.infer<typeof claimSchema>>;

export interface DataDirLock {
  /** Notes how to reach the Redis on this data, so that a later server can end it if this one is killed. */
  readonly noteRedis: (redis: Pick<DirClaim, 'url' | 'redisPid'>) => Promise<void>;
  readonly release: () => Promise<void>;
}

const maxAttempts = 5;

/**
 * Makes this process the data folder's only user. The lock is a claim in a file beside the data, readable by its owner
 * only. A claim of a dead process is replaced, once the Redis that it left running has ended: two Redis must never
 * write one append-only file, and an adopted one would be no child of this process (docs/decisions/0061).
 * @throws Error when another live server has the folder, or its Redis does not end; the message says what to do
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const path = resolve(dataDir, 'redis.json');
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    if (await stakeClaim(path, claimOf({ url: null, redisPid: null }))) {
      return {
        noteRedis: (redis) => replaceClaim(path, claimOf(redis)),
        release: () => rm(path, { force: true }),
      };
    }
    const found = await readClaim(path);
    if (found === null) continue;
    if (identityOf(found.ownerPid) === found.ownerMark) {
      throw new Error(
        `Another Turnkeeper server (process ${found.ownerPid}) is using the data in ${dataDir}. Stop it, or start this one ` +
          'with TURNKEEPER_DATA_DIR set to another folder, or give both one Redis through REDIS_URL.',
      );
    }
    await shutDownOrphan(found);
    await removeStaleClaim(path, found);
  }
  throw new Error(`Other servers keep starting on the data in ${dataDir}: start this one again.`);
}

function claimOf(redis: Pick<DirClaim, 'url' | 'redisPid'>): DirClaim {
  return { ownerPid: process.pid, ownerMark: identityOf(process.pid) ?? '', ...redis };
}

/** Writes the claim if there is none, and returns whether it did: of two processes at once only one gets true. */
async function stakeClaim(path: string, claim: DirClaim): Promise<boolean> {
  const draft = await writeDraft(path, claim);
  try {
    // A link, unlike a rename, refuses to replace a file; and the file is whole from its first moment.
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Replaces a claim by another of the same owner. */
async function replaceClaim(path: string, claim: DirClaim): Promise<void> {
  const draft = await writeDraft(path, claim);
  await rename(draft, path).catch(removeDraft(draft));
}

/**
 * The claim in the file, or null when there is none.
 * @throws Error saying what to do when the file can't be understood
 */
async function readClaim(path: string): Promise<DirClaim | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (text === null) return null;
  const claim = parseClaim(text);
  if (claim !== null) return claim;
  throw new Error(
    `${path} can't be read, so it is not known whether a Redis already runs on the data beside it. ` +
      'Make sure that none does, then delete the file and start again.',
  );
}

/** Removes a stale claim, unless another process has replaced it in the meantime. */
async function removeStaleClaim(path: string, stale: DirClaim): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = parseClaim(await readFile(aside, 'utf8'));
  // Another process was quicker, and this is its claim: it goes back.
  if (JSON.stringify(moved) !== JSON.stringify(stale)) await link(aside, path);
  await rm(aside);
}

async function writeDraft(path: string, claim: DirClaim): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(claim, null, 2)}\n`, { mode: 0o600 }).catch(removeDraft(draft));
  return draft;
}

/** Removes a draft that could not be used, on a full disk, say: it holds the password. */
function removeDraft(draft: string): (error: unknown) => Promise<never> {
  return async (error) => {
    await rm(draft, { force: true });
    throw error;
  };
}

function parseClaim(text: string): DirClaim | null {
  try {
    return claimSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/**
 * Identifies one life of a process id. Ids are reused, soonest in containers, which hand out the same few at every
 * start. Null when no such process runs; a zombie does not run.
 */
function identityOf(pid: number): string | null {
  const boot = readOrNull('/proc/sys/kernel/random/boot_id');
  if (boot === null) return acceptsSignals(pid) ? 'running' : null;
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // proc_pid_stat(5): the command's name, in parentheses, may hold anything; the state follows it, the start time is
  // field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : `${boot.trim()}/${fields[19] ?? ''}`;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function acceptsSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

const replyTimeoutMs = 2_000;
const shutdownTimeoutMs = 10_000;

/**
 * Ends the Redis that a killed server left running, and waits until it is gone. Any other process that has taken its
 * port since then is left alone: it does not know the password.
 * @throws Error naming the process to kill, when it is there but does not answer or end
 */
async function shutDownOrphan(claim: DirClaim): Promise<void> {
  if (claim.url === null) return;
  const client = new Redis(claim.url, {
    lazyConnect: true,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    connectTimeout: replyTimeoutMs,
    commandTimeout: replyTimeoutMs,
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
    // A Redis that still reads its file takes the command to end as well.
    if (!reason.includes('LOADING')) {
      client.disconnect();
      if (/ECONNREFUSED|WRONGPASS|NOAUTH|without any password|Protocol error/.test(reason)) return;
      throw hung(claim);
    }
  }
  // Redis never replies to this: it closes the connection by ending.
  client.shutdown().catch(() => undefined);
  await ended.catch(() => {
    client.disconnect();
    throw hung(claim);
  });
}

function hung(claim: DirClaim): Error {
  const port = claim.url === null ? '' : ` on port ${new URL(claim.url).port}`;
  const how = claim.redisPid === null ? '' : ` with "kill -9 ${claim.redisPid}"`;
  return new Error(
    `The Redis that an earlier server left running${port} does not end when it is told to. End it${how}, then start again.`,
  );
}
