/**
 * The log of a conversation: one entry a turn, each told from the one before it, back to one that is whole.
 *
 * The job: say what a commit writes into the log, and what it may forget. The boundary: stores keep entries and hand
 * them back, and turn-entry.ts decides what an entry holds. It keeps that
 * - at most `logChanges` entries are read for one, however long the conversation is (I9);
 * - a turn that the transcript shows is never told from an entry that is gone;
 * - a turn id leaves the exact record of ids only with its entry, a few a commit (docs/decisions/0064).
 */
import { z } from 'zod';
import type { OpenField, SuggestedInput } from '../../contract/workflow-state.ts';
import { differenceOf } from './json-difference.ts';
import { limits } from './limits.ts';
import type { TurnRecord, TurnView } from './result.ts';
import type { ConversationState } from './state.ts';
import { titled, viewOf, writeEntry } from './turn-entry.ts';
import { viewState } from './view.ts';

/** The facts that a commit and a reader need about the log. The state holds them, to save a look at the log. */
export interface TurnLog {
  /** The number of the oldest entry that is kept. The ids of turns before it are known by their bits alone. */
  readonly first: number;
  /** The number of the oldest turn that the transcript shows: later ones may be told from entries before it. */
  readonly shown: number;
  /** The number of the last entry that is whole. */
  readonly whole: number;
  /** The size of the entries after that one, in characters. */
  readonly changes: number;
  /** The view that the last turn left; null where the state does not tell it: the next entry is whole then. */
  readonly view: TurnView | null;
}

export interface AppendedTurn {
  readonly text: string;
  /** The number of the whole entry from which this one is told; its own where it is whole. */
  readonly whole: number;
  /** The log with this entry. */
  readonly log: TurnLog;
}

/**
 * The entry of a turn, and the log with it.
 * @param log as it was loaded; null for a conversation that has none, or has one of format 1
 * @param state the state that is stored with the turn
 * @param keep the number of turns that the transcript shows
 */
export function appendTurn(
  log: TurnLog | null,
  state: ConversationState,
  record: TurnRecord,
  keep: number,
): AppendedTurn {
  const { number } = record.turn;
  const before = log === null || mustBeWhole(log, number) ? null : log.view;
  const text = writeEntry(record, before);
  const whole = before === null || log === null ? number : log.whole;
  const shown = Math.max(log?.shown ?? 1, number - keep + 1);
  return {
    text,
    whole,
    log: {
      first:
        log === null
          ? shown
          : Math.max(log.first, Math.min(shown - limits.logChanges, log.first + limits.forgottenAtOnce)),
      shown,
      whole,
      changes: whole === number || log === null ? 0 : log.changes + text.length,
      view: isToldBy(state, record) ? viewOf(record) : null,
    },
  };
}

function mustBeWhole({ whole, changes }: TurnLog, number: number): boolean {
  return number - whole > limits.logChanges || changes > limits.logChangesChars;
}

/** Returns whether the state, with the three things that it does not hold, tells the view that the turn left. */
function isToldBy(state: ConversationState, record: TurnRecord): boolean {
  return differenceOf(viewTold(state, record.workflowState), viewOf(record)) === null;
}

type Untold = Pick<TurnView['workflowState'], 'expiresAt' | 'suggestedInput' | 'open'>;

function viewTold(state: ConversationState, { expiresAt, suggestedInput, open }: Untold): TurnView {
  const { workflowId, progress } = state;
  const workflowState = viewState(state, { progress, suggestedInput, open, expiresAt });
  return { workflowId, workflowState, progress };
}

/** The log as it is stored. The scripts read the first three numbers (stored-conversation.lua). */
const storedLogSchema = z.object({
  first: z.int().positive(),
  shown: z.int().positive(),
  /** The number of the turn whose view the state tells; 0 for none. */
  viewed: z.int().nonnegative(),
  whole: z.int().nonnegative(),
  changes: z.int().nonnegative(),
  view: z
    .object({
      expiresAt: z.int(),
      /** A number is the place of its field in `open`. */
      suggestedInput: z.union([z.looseObject({ type: z.string() }), z.int().nonnegative()]),
      /** Absent for none, and before format 3. */
      open: z.array(z.looseObject({ type: z.string(), field: z.string() })).optional(),
    })
    .optional(),
});

export type StoredLog = z.infer<typeof storedLogSchema>;

export function storedLog({ first, shown, whole, changes, view }: TurnLog, { turnCount }: ConversationState) {
  if (view === null) return { first, shown, viewed: 0, whole, changes };
  const { expiresAt, suggestedInput, open } = view.workflowState;
  const place = open.findIndex((field) => differenceOf(field, suggestedInput) === null);
  const untold = {
    expiresAt,
    suggestedInput: place === -1 ? suggestedInput : place,
    ...(open.length === 0 ? {} : { open }),
  };
  return { first, shown, viewed: turnCount, whole, changes, view: untold };
}

/** @throws Error for what storedLog does not write */
export function readStoredLog(stored: unknown, state: ConversationState): TurnLog {
  return logOf(storedLogSchema.parse(stored), state);
}

/** The log of a state that is certain to be as `storedLog` wrote it. */
export function logOf({ first, shown, whole, changes, view }: StoredLog, state: ConversationState): TurnLog {
  if (view === undefined) return { first, shown, whole, changes, view: null };
  const open = (view.open ?? []) as object[] as OpenField[];
  const suggested = typeof view.suggestedInput === 'number' ? open[view.suggestedInput] : view.suggestedInput;
  const suggestedInput = titled((suggested ?? { type: 'text' }) as SuggestedInput);
  return { first, shown, whole, changes, view: viewTold(state, { ...view, suggestedInput, open }) };
}
