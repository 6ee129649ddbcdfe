import { z } from 'zod';
import { progressSchema } from '../../contract/workflow-state.ts';
import { TurnkeeperError } from './errors.ts';
import type { ConversationKey } from './identity.ts';
import type { TurnRecord } from './result.ts';
import { conversationStateSchema } from './state.ts';
import type { ConversationState } from './state.ts';

/**
 * The format of a stored state and of a log entry. Raise it when a server of the version before could not read the new one;
 * that server then says so (I12). An entry without a format is of format 1: version a1ce3d2 wrote none.
 */
export const storedFormat = 1;

/** The fault of a stored text that can't be read: a newer version wrote it, or no version writes such a text. */
export type UnreadableFault = 'newer' | 'damaged';

const messages: Readonly<Record<UnreadableFault, string>> = {
  newer:
    'This conversation was written by a newer version of the server. Upgrade this one, or purge the conversation.',
  damaged: "What is stored of this conversation can't be read. Purge it, and start a new one.",
};

/** A stored conversation can't be read. It can still be purged, and reading it does not slide its expiry (I12). */
export class ConversationUnreadable extends TurnkeeperError<'CONVERSATION_UNREADABLE'> {
  readonly key: ConversationKey;
  readonly fault: UnreadableFault;

  constructor(key: ConversationKey, fault: UnreadableFault) {
    super('CONVERSATION_UNREADABLE', messages[fault]);
    this.key = key;
    this.fault = fault;
  }
}

/** @throws ConversationUnreadable */
export function readStoredState(key: ConversationKey, text: string): ConversationState {
  const stored = parseStored(key, text);
  const named = formatSchema.safeParse(stored).data?.format ?? null;
  if (isNewer(named)) throw new ConversationUnreadable(key, 'newer');
  return fitting(key, conversationStateSchema, stored);
}

/** A turn as the transcript holds it. */
export interface StoredTurn {
  readonly text: string;
  /** Null in an entry of version a1ce3d2. */
  readonly format: number | null;
}

/** @throws ConversationUnreadable */
export function readStoredTurn(key: ConversationKey, { text, format }: StoredTurn): TurnRecord {
  if (isNewer(format)) throw new ConversationUnreadable(key, 'newer');
  const stored = parseStored(key, text);
  fitting(key, turnSchema, stored);
  // Returned as it was stored, not as the schema would return it: parts that the schema does not check (cards, say) stay.
  return stored as TurnRecord;
}

/** JSON.parse's error quotes the text, and stored text must not get into the log (docs/architecture.md, Trust). */
function parseStored(key: ConversationKey, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConversationUnreadable(key, 'damaged');
  }
}

/** The value if it fits the schema. Nesting that is too deep for the stack counts as a misfit. */
function fitting<Value>(key: ConversationKey, schema: z.ZodType<Value>, stored: unknown): Value {
  try {
    return schema.parse(stored);
  } catch {
    throw new ConversationUnreadable(key, 'damaged');
  }
}

function isNewer(format: number | null): boolean {
  return format !== null && format > storedFormat;
}

const formatSchema = z.object({ format: z.number() });

const message = z.object({
  id: z.string(),
  role: z.enum(['user', 'assistant']),
  turn: z.int(),
  kind: z.string(),
  text: z.string().optional(),
  cardId: z.string().optional(),
});

/** The parts of a turn that are read. Cards and values are not checked again: the commit wrote them checked. */
const turnSchema = z.object({
  turnId: z.string(),
  workflowId: z.string(),
  messages: z.array(message),
  extractedPayload: z.object({ data: z.record(z.string(), z.unknown()) }).nullable(),
  workflowState: z.object({
    status: z.enum(['active', 'completed', 'ended']),
    currentStep: z.string(),
    collected: z.record(z.string(), z.unknown()),
    turnCount: z.int(),
    definitionVersion: z.int(),
    openedAt: z.int(),
    updatedAt: z.int(),
    expiresAt: z.int(),
    suggestedInput: z.object({ type: z.string() }),
  }),
  progress: progressSchema,
  turn: z.object({
    number: z.int().positive(),
    stateChanged: z.boolean(),
    collected: z.record(z.string(), z.unknown()),
    rejected: z.array(z.object({ field: z.string() })),
    ignored: z.array(z.string()),
    step: z.object({ from: z.string(), to: z.string() }),
    action: z.string().nullable(),
    parse: z.string(),
    parseIssues: z.array(z.string()),
    citations: z.array(z.string()),
  }),
});
