import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { processMark } from './process-identity.ts';

const claimSchema = z.object({
  ownerPid: z.int().positive(),
  ownerMark: z.string(),
  redisPid: z.int().positive().nullable(),
  /** Null until a Redis is about to be started. */
  url: z.url().nullable(),
});

/** Who runs a Redis on a data folder, and how to reach it: kept beside the data, readable by its owner only. */
export type Claim = Readonly<z.infer<typeof claimSchema>>;

/** This process's claim, with what is known of its Redis so far. */
export function claimOf(redis: Pick<Claim, 'url' | 'redisPid'>): Claim {
  return { ownerPid: process.pid, ownerMark: processMark(process.pid) ?? '', ...redis };
}

export function isOwnerAlive(claim: Claim): boolean {
  return processMark(claim.ownerPid) === claim.ownerMark;
}

/** Writes the claim where there is none. Answers whether it did; of two processes at once only one gets true. */
export async function stakeClaim(path: string, claim: Claim): Promise<boolean> {
  const draft = await writeDraft(path, claim);
  try {
    // A link, unlike a rename, refuses to replace, and the file is whole from its first moment.
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
export async function replaceClaim(path: string, claim: Claim): Promise<void> {
  const draft = await writeDraft(path, claim);
  await rename(draft, path).catch(withoutDraft(draft));
}

/**
 * The claim that stands, or null when there is none.
 * @throws Error saying what to do when the file can't be understood
 */
export async function readClaim(path: string): Promise<Claim | null> {
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

/** Removes a claim that was found stale, unless another process has replaced it in the meantime. */
export async function removeStaleClaim(path: string, stale: Claim): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = parseClaim(await readFile(aside, 'utf8'));
  // Somebody was quicker, and this is the new claim: it goes back.
  if (JSON.stringify(moved) !== JSON.stringify(stale)) await link(aside, path);
  await rm(aside);
}

async function writeDraft(path: string, claim: Claim): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(claim, null, 2)}\n`, { mode: 0o600 }).catch(withoutDraft(draft));
  return draft;
}

/** A draft that came to nothing, on a full disk, say, holds the password: it does not stay behind. */
function withoutDraft(draft: string): (error: unknown) => Promise<never> {
  return async (error) => {
    await rm(draft, { force: true });
    throw error;
  };
}

function parseClaim(text: string): Claim | null {
  try {
    return claimSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
