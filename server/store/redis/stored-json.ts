import { z } from 'zod';
import type { TurnRecord } from '../../domain/result.ts';
import { conversationStateSchema } from '../../domain/state.ts';
import type { ConversationState } from '../../domain/state.ts';
import type { UsedTurnId } from '../../orchestrator/ports/workflow-state-store.ts';

/**
 * The guard comes first, in this order: the scripts read it there, without parsing the rest. It holds nothing that
 * JSON escapes.
 */
export function writeState({ incarnation, revision, committedBy, ...rest }: ConversationState): string {
  return JSON.stringify({ incarnation, revision, committedBy, ...rest });
}

export function readState(text: string): ConversationState {
  return conversationStateSchema.parse(parseStored(text));
}

/** Only the commit script writes log entries, and only what `writeRecord` made. */
export function readRecord(text: string): TurnRecord {
  return parseStored(text) as TurnRecord;
}

/** A SyntaxError quotes the text it is about, and stored text must not get into the log (docs/architecture.md, Trust). */
function parseStored(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('what is stored of a conversation is not JSON');
  }
}

export function writeRecord(record: TurnRecord): string {
  return JSON.stringify(record);
}

/** A turn id's entry in the hash: the turn's number, its input's digest, and the lease that it was committed under. */
export function writeUse(turnNumber: number, inputDigest: string, leaseToken: string): string {
  return `${turnNumber}:${inputDigest}:${leaseToken}`;
}

const useSchema = z.string().regex(/^\d+:[^:]*:/);

export function readUse(use: string, record: string | null): UsedTurnId {
  const [turnNumber, inputDigest = ''] = useSchema.parse(use).split(':');
  return { turnNumber: Number(turnNumber), inputDigest, record: record === null ? null : readRecord(record) };
}
