import { z } from 'zod';
import { progressSchema } from '../../contract/workflow-state.ts';
import { TurnkeeperError } from './errors.ts';
import type { ConversationKey } from './identity.ts';
import type { TranscriptTurn, TurnRecord, TurnView } from './result.ts';
import { conversationStateSchema } from './state.ts';
import type { ConversationState } from './state.ts';
import { currentView, parseEntry, saidIn, viewIn } from './turn-entry.ts';
import { logOf, readStoredLog } from './turn-log.ts';
import type { StoredLog, TurnLog, storedLog } from './turn-log.ts';

/**
 * The format of a stored state and of a log entry. Raise it when a server of the version before could not read the new one;
 * that server then says so (I12). An entry without a format is of format 1: version a1ce3d2 wrote none.
 *
 * Format 1: an entry is a turn's whole record. Format 2: an entry is what the turn said and changed (turn-entry.ts),
 * and the state says where the log begins (turn-log.ts). Format 3: the view has the steps, the numbers of fields, and the
 * open fields; where an earlier format has none, they are empty. A conversation of an earlier format goes on in this
 * one, its entries as they are.
 */
export const storedFormat = 3;

/**
 * The state as JSON holds it, but for its guard, which the store writes first.
 *
 * Version a1ce3d2 knows no formats: it would write on top of what it can't tell from its own. So a member that it needs
 * has another name since format 2, and it fails.
 */
export function storedState(
  state: Omit<ConversationState, GuardMember>,
  log: ReturnType<typeof storedLog> | null,
): object {
  // Named one by one: taking some members away from so large an object leaves a hash table instead of an object, which
  // costs several times as much. JSON leaves out what is undefined.
  return {
    log: log ?? undefined,
    workflowId: state.workflowId,
    definitionVersion: state.definitionVersion,
    status: state.status,
    outcome: state.outcome,
    endReason: state.endReason,
    collected: state.collected,
    sources: state.sources,
    context: state.context,
    openingDigest: state.openingDigest,
    passedSteps: state.passedSteps,
    awaitsConfirmation: state.awaitsConfirmation,
    awaitsMore: state.awaitsMore,
    choiceTitles: state.choiceTitles,
    turnCount: state.turnCount,
    lastChange: state.lastChange,
    tokensUsed: state.tokensUsed,
    agentConversationId: state.agentConversationId,
    agentName: state.agentName,
    progress: state.progress,
    summary: state.summary,
    openedAt: state.openedAt,
    updatedAt: state.updatedAt,
    cards: state.shownCards,
  } satisfies Record<Exclude<keyof ProvenState, GuardMember | HeadMember>, unknown>;
}

/** The members by which a script tells a state from another one (I3). */
type GuardMember = 'incarnation' | 'revision' | 'committedBy';

/** The members that the store writes after them. */
type HeadMember = 'format' | 'sum';

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

export interface StoredConversation {
  readonly state: ConversationState;
  /** Null in format 1, and where a conversation of format 1 was ended. */
  readonly log: TurnLog | null;
}

/** @throws ConversationUnreadable */
export function readStoredConversation(key: ConversationKey, text: string): StoredConversation {
  const stored = parseStored(key, text);
  const { format = 1, log = null, ...rest } = headSchema.safeParse(stored).data ?? {};
  if (isNewer(format)) throw new ConversationUnreadable(key, 'newer');
  const named = format === 1 ? stored : { ...rest, shownCards: rest.cards };
  const state = fitting(key, () => conversationStateSchema.parse(named));
  return { state, log: log === null ? null : fitting(key, () => readStoredLog(log, state)) };
}

/**
 * A conversation that is certain to be as this version wrote it. A schema would find nothing, and costs a turn more
 * than the parsing itself.
 * @throws ConversationUnreadable
 */
export function readProvenConversation(key: ConversationKey, text: string): StoredConversation {
  const stored = parseStored(key, text) as ProvenState;
  const { log, outcome, endReason, summary, tokensUsed, awaitsMore, choiceTitles } = stored;
  const { sources, lastChange } = stored;
  const { context, openingDigest } = stored;
  const state: ConversationState = {
    incarnation: stored.incarnation,
    revision: stored.revision,
    committedBy: stored.committedBy,
    workflowId: stored.workflowId,
    definitionVersion: stored.definitionVersion,
    status: stored.status,
    collected: stored.collected,
    passedSteps: stored.passedSteps,
    awaitsConfirmation: stored.awaitsConfirmation,
    turnCount: stored.turnCount,
    shownCards: stored.cards,
    agentConversationId: stored.agentConversationId,
    agentName: stored.agentName,
    progress: stored.progress,
    openedAt: stored.openedAt,
    updatedAt: stored.updatedAt,
    ...(outcome === undefined ? {} : { outcome }),
    ...(endReason === undefined ? {} : { endReason }),
    ...(summary === undefined ? {} : { summary }),
    ...(tokensUsed === undefined ? {} : { tokensUsed }),
    ...(awaitsMore === undefined ? {} : { awaitsMore }),
    ...(choiceTitles === undefined ? {} : { choiceTitles }),
    ...(sources === undefined ? {} : { sources }),
    ...(lastChange === undefined ? {} : { lastChange }),
    ...(context === undefined ? {} : { context }),
    ...(openingDigest === undefined ? {} : { openingDigest }),
  };
  return { state, log: log === undefined ? null : logOf(log, state) };
}

interface ProvenState extends Omit<ConversationState, 'shownCards'> {
  readonly format: number;
  readonly sum: string;
  readonly log?: StoredLog;
  readonly cards: ConversationState['shownCards'];
}

/** A turn as the log holds it. */
export interface StoredTurn {
  readonly number: number;
  readonly text: string;
  /** Null in an entry of version a1ce3d2. */
  readonly format: number | null;
  /** The turn's id; null in format 1, whose text has it. */
  readonly turnId: string | null;
  /** The number of the whole entry from which this one is told; null in format 1, whose entries are all whole. */
  readonly whole: number | null;
}

/**
 * Reads a turn as the transcript shows it, from its own entry alone.
 * @throws ConversationUnreadable
 */
export function readTranscriptTurn(key: ConversationKey, entry: StoredTurn): TranscriptTurn {
  return readEntry(key, entry).turn;
}

/**
 * A turn's whole record.
 * @param before the entries from which it is told, oldest first
 * @param told the view after the last turn, where the state tells it
 * @throws ConversationUnreadable
 */
export function readTurnRecord(
  key: ConversationKey,
  entry: StoredTurn,
  before: readonly StoredTurn[],
  told: TurnView | null,
): TurnRecord {
  const [record] = readTurnRecords(key, [entry], before, told);
  if (record === undefined) throw new ConversationUnreadable(key, 'damaged');
  return record;
}

/**
 * The records of turns that follow one another.
 * @param before the entries from which the first is told, oldest first
 * @param told the view after the last turn, where the state tells it
 * @throws ConversationUnreadable
 */
export function readTurnRecords(
  key: ConversationKey,
  entries: readonly StoredTurn[],
  before: readonly StoredTurn[],
  told: TurnView | null,
): TurnRecord[] {
  const views = new Map<number, TurnView>();
  if (told !== null) views.set(told.workflowState.turnCount, told);
  const [first] = entries;
  const isToldByState = first !== undefined && views.has(first.number);
  for (const entry of isToldByState ? entries : [...before, ...entries]) {
    if (!views.has(entry.number)) views.set(entry.number, viewAfter(key, entry, views));
  }
  return entries.map((entry) => {
    const view = views.get(entry.number);
    if (view === undefined) throw new ConversationUnreadable(key, 'damaged');
    const { turnId, messages, extractedPayload, turn } = readEntry(key, entry).turn;
    const { workflowId, workflowState, progress } = view;
    const record = { turnId, workflowId, messages, extractedPayload, workflowState, progress, turn };
    fitting(key, () => turnSchema.parse(record));
    return record;
  });
}

/** The view that a turn left: told from the view before, unless its entry is whole. */
function viewAfter(key: ConversationKey, entry: StoredTurn, views: ReadonlyMap<number, TurnView>): TurnView {
  const { turn, parsed } = readEntry(key, entry);
  if (parsed === null) return turn;
  const before = entry.whole === entry.number ? null : views.get(entry.number - 1);
  if (before === undefined) throw new ConversationUnreadable(key, 'damaged');
  return fitting(key, () => viewIn(parsed, turn.turn, before));
}

/** @throws ConversationUnreadable */
function readEntry(key: ConversationKey, entry: StoredTurn) {
  const { text, format, number, turnId } = entry;
  if (isNewer(format)) throw new ConversationUnreadable(key, 'newer');
  const stored = parseStored(key, text);
  // Returned as it was stored, not as the schema would return it: parts that the schema does not check (cards, say) stay.
  if (turnId === null) {
    const record = stored as TurnRecord;
    const turn = fitting(key, () => ({ ...record, ...currentView(record) }));
    fitting(key, () => turnSchema.parse(turn));
    return { turn, parsed: null };
  }
  return fitting(key, () => {
    const parsed = parseEntry(stored);
    const turn = saidIn(parsed, { number, turnId });
    transcriptTurnSchema.parse(turn);
    return { turn, parsed };
  });
}

/** JSON.parse's error quotes the text, and stored text must not get into the log (docs/architecture.md, Trust). */
function parseStored(key: ConversationKey, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConversationUnreadable(key, 'damaged');
  }
}

/** The value if what is stored fits. Nesting that is too deep for the stack counts as a misfit. */
function fitting<Value>(key: ConversationKey, read: () => Value): Value {
  try {
    return read();
  } catch {
    throw new ConversationUnreadable(key, 'damaged');
  }
}

function isNewer(format: number | null): boolean {
  return format !== null && format > storedFormat;
}

const headSchema = z.looseObject({
  format: z.number().optional(),
  log: z.unknown().optional(),
  cards: z.unknown().optional(),
});

const message = z.object({
  id: z.string(),
  role: z.enum(['user', 'assistant']),
  turn: z.int(),
  kind: z.string(),
  text: z.string().optional(),
  cardId: z.string().optional(),
});

/** The parts of a turn that are read. Cards and values are not checked again: the commit wrote them checked. */
const transcriptTurnSchema = z.object({
  turnId: z.string(),
  messages: z.array(message),
  extractedPayload: z.object({ data: z.record(z.string(), z.unknown()) }).nullable(),
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

const turnSchema = transcriptTurnSchema.extend({
  workflowId: z.string(),
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
    open: z.array(z.object({ type: z.string(), field: z.string() })),
  }),
  progress: progressSchema,
});
