import { hash } from 'node:crypto';
import { z } from 'zod';
import type { ConversationKey } from '../../domain/identity.ts';
import type { ConversationState } from '../../domain/state.ts';
import {
  ConversationUnreadable,
  readProvenConversation,
  readStoredConversation,
  storedFormat,
  storedState,
} from '../../domain/stored-conversation.ts';
import type { StoredConversation } from '../../domain/stored-conversation.ts';
import { storedLog } from '../../domain/turn-log.ts';
import type { TurnLog } from '../../domain/turn-log.ts';

/**
 * The guard comes first, in this order: the scripts read it there without parsing the rest. It holds nothing that JSON
 * escapes. Format and sum follow: they tell a script that the server can read the rest, so that the script may set the
 * conversation back to its full life. The sum guards against accidents, not people: whoever writes to Redis can forge it.
 * After them comes what the state says of the log, which the scripts read too.
 */
export function writeState(state: ConversationState, log: TurnLog | null): string {
  const { incarnation, revision, committedBy } = state;
  const stored = storedState(state, log === null ? null : storedLog(log, state));
  // `,"log":{…},"workflowId":…}`
  const text = `,${JSON.stringify(stored).slice(1)}`;
  const sum = hash('sha1', text);
  const head = JSON.stringify({ incarnation, revision, committedBy, format: storedFormat, sum });
  return head.slice(0, -1) + text;
}

const guard = /^\{"incarnation":"[^"]*","revision":\d+,"committedBy":"[^"]*"/;

/**
 * @param isProven true if a script has compared the sum that was written with the state, which is then not checked
 * again
 * @throws ConversationUnreadable also for a state whose guard does not come first: it could be read, but no script would
 * commit on top of it
 */
export function readStateAndLog(
  key: ConversationKey,
  text: string,
  { isProven }: { readonly isProven: boolean } = { isProven: false },
): StoredConversation {
  if (isProven) return readProvenConversation(key, text);
  const stored = readStoredConversation(key, text);
  if (!guard.test(text)) throw new ConversationUnreadable(key, 'damaged');
  return stored;
}

/** @throws ConversationUnreadable as readStateAndLog does */
export function readState(key: ConversationKey, text: string): ConversationState {
  return readStateAndLog(key, text).state;
}

/** A turn id's entry in the hash: the turn's number, its input's digest, and the lease under which it was committed. */
export function writeCommittedTurn(turnNumber: number, inputDigest: string, leaseToken: string): string {
  return `${turnNumber}:${inputDigest}:${leaseToken}`;
}

const useSchema = z.string().regex(/^\d+:[^:]*:/);

/** The turn's number and its input's digest; null for an entry that `writeCommittedTurn` did not write. */
export function readUse(use: string): { readonly turnNumber: number; readonly inputDigest: string } | null {
  const [turnNumber, inputDigest = ''] = useSchema.safeParse(use).data?.split(':') ?? [];
  return turnNumber === undefined ? null : { turnNumber: Number(turnNumber), inputDigest };
}
