/**
 * A committed turn as an entry of the log: only what it said and changed.
 *
 * The job: write a turn's record as the difference from what is expected after the turn before it, and read it again.
 * The boundary: turn-log.ts decides which entries are whole, and which ones a store reads for a turn. It keeps that
 * - a record is read exactly as it was written, whatever was expected: expectations only make entries small, and none
 *   comes from a workflow's definition, which may have changed since (I4);
 * - what was said is read from the entry alone; only the view of the conversation needs the one before it.
 */
import { z } from 'zod';
import type { Message } from '../../contract/message.ts';
import type { ExtractedPayload, TurnMetadata } from '../../contract/results.ts';
import type {
  Choice,
  FieldSource,
  OpenField,
  Progress,
  StepProgress,
  SuggestedInput,
} from '../../contract/workflow-state.ts';
import { applyDifference, differenceOf } from './json-difference.ts';
import type { Difference } from './json-difference.ts';
import type { TranscriptTurn, TurnRecord, TurnView } from './result.ts';

/** The parts of an entry; parts that are as expected are left out. */
const entrySchema = z.object({
  /** The time of the turn, in milliseconds since the epoch. */
  at: z.int(),
  /** The step to which the turn led. */
  step: z.string(),
  turn: z.unknown().optional(),
  user: z.unknown().optional(),
  agent: z.array(z.unknown()).default([]),
  /** Left out where the agent's answer had no structure. */
  payload: z.unknown().optional(),
  view: z.unknown().optional(),
  /** `0` where nothing of the turn can be taken back, though it changed fields. */
  reverse: z.unknown().optional(),
});
type Entry = z.infer<typeof entrySchema>;

/** The effects of a turn, without one that mostly follows from the others. */
type ToldTurn = Omit<TurnMetadata, 'stateChanged'> & { readonly stateChanged?: boolean };

/** The number and the id of a turn are kept beside its entry. */
type TurnName = Pick<TurnRecord, 'turnId'> & Pick<TurnMetadata, 'number'>;

/** @param before the view after the turn before; null for an entry that is whole: it is read without any other */
export function writeEntry(record: TurnRecord, before: TurnView | null): string {
  const { turn, messages, extractedPayload, workflowState, reverse } = record;
  const { number } = turn;
  const at = workflowState.updatedAt;
  const [first] = messages;
  const isAnswered = first?.role === 'user';
  const said = isAnswered ? messages.slice(1) : messages;
  const expected = expectedView(before ?? blankView, turn, at);
  // The differences say `undefined` where there is none, and JSON leaves that out.
  return JSON.stringify({
    at,
    step: turn.step.to,
    turn: differenceOf(expectedTurn(number, turn.step.to, changesState(turn)), turn) ?? undefined,
    user: isAnswered ? (differenceOf(expectedWords(number), first) ?? {}) : undefined,
    agent:
      said.length === 0
        ? undefined
        : said.map((message, index) => differenceOf(expectedAnswer(number, index), message) ?? {}),
    payload:
      extractedPayload === null ? undefined : (differenceOf(expectedPayload(turn), extractedPayload) ?? {}),
    view: viewDifference(expected, viewOf(record)) ?? undefined,
    reverse: writtenReverse(expectedReverse(turn), reverse),
  } satisfies Record<keyof Entry, unknown>);
}

/** @throws Error for what is no entry */
export function parseEntry(stored: unknown): Entry {
  return entrySchema.parse(stored);
}

/**
 * The turn's own parts, still to be checked.
 * @throws TypeError for differences that writeEntry does not write
 */
export function saidIn(
  { step, turn, user, agent, payload, reverse }: Entry,
  { number, turnId }: TurnName,
): TranscriptTurn {
  const told = applyDifference(expectedTurn(number, step), turn ?? {}) as ToldTurn;
  const metadata: TurnMetadata = { ...told, stateChanged: told.stateChanged ?? changesState(told) };
  const messages = agent.map((message, index) => applyDifference(expectedAnswer(number, index), message));
  if (user !== undefined) messages.unshift(applyDifference(expectedWords(number), user));
  return {
    turnId,
    messages: messages as Message[],
    extractedPayload:
      payload === undefined ? null : (applyDifference(expectedPayload(told), payload) as ExtractedPayload),
    turn: metadata,
    ...readReverse(expectedReverse(metadata), reverse),
  };
}

/**
 * The conversation as the turn left it, still to be checked.
 * @throws TypeError for a difference that writeEntry does not write
 */
export function viewIn({ at, view }: Entry, turn: TurnMetadata, before: TurnView | null): TurnView {
  return listed(applyDifference(keyed(expectedView(before ?? blankView, turn, at)), view ?? {}) as KeyedView);
}

export function viewOf({ workflowId, workflowState, progress }: TurnView): TurnView {
  return { workflowId, workflowState, progress };
}

/** A view of a format before 3, with the parts that it lacks, as the first entry of this format expects them. */
export function currentView(view: TurnView): TurnView {
  const { workflowState, progress } = view;
  const suggestedInput = titled(workflowState.suggestedInput);
  return {
    ...view,
    workflowState: { ...workflowState, suggestedInput, open: blankView.workflowState.open },
    progress: { ...blankView.progress, ...progress },
  };
}

/** Before format 3, choices were their values alone. */
export function titled(suggestedInput: SuggestedInput): SuggestedInput {
  const { choices } = suggestedInput;
  if (choices === undefined || typeof choices[0] === 'object') return suggestedInput;
  const choiceOf = (choice: Choice | string): Choice =>
    typeof choice === 'string' ? { value: choice, title: choice } : choice;
  return { ...suggestedInput, choices: choices.map(choiceOf) };
}

// Every expectation below is part of the stored format: entries are read with the same ones as they were written with.

const blankView: TurnView = {
  workflowId: '',
  workflowState: {
    status: 'active',
    currentStep: '',
    collected: {},
    sources: {},
    turnCount: 0,
    definitionVersion: 1,
    openedAt: 0,
    updatedAt: 0,
    expiresAt: 0,
    suggestedInput: { type: 'text' },
    open: [],
  },
  progress: {
    currentStep: '',
    stepNumber: 1,
    totalSteps: 1,
    completedSteps: 0,
    percentComplete: 0,
    fieldsCollected: 0,
    fieldsRequired: 0,
    steps: [],
  },
};

/** The view before, with what the turn says that it changed. */
function expectedView(before: TurnView, { number, step, collected }: TurnMetadata, at: number): TurnView {
  const { updatedAt, expiresAt, sources } = before.workflowState;
  return {
    workflowId: before.workflowId,
    workflowState: {
      ...before.workflowState,
      currentStep: step.to,
      collected: merged(before.workflowState.collected, collected),
      sources: saidFields(sources, collected),
      turnCount: number,
      updatedAt: at,
      // A conversation lives as long after this turn as after the one before.
      expiresAt: at + (expiresAt - updatedAt),
      // A field that the turn has set is open no more.
      open: before.workflowState.open.filter(({ field }) => (collected[field] ?? null) === null),
    },
    progress: { ...before.progress, currentStep: step.to },
  };
}

/**
 * A view with its lists as objects, because a difference takes a list as a whole: the steps by their places, and the
 * open fields by their names.
 */
interface KeyedView {
  readonly workflowId: string;
  readonly workflowState: Omit<TurnView['workflowState'], 'open' | 'suggestedInput'> & {
    readonly suggestedInput: SuggestedInput | { readonly of: string };
    readonly open: Readonly<Record<string, OpenField>>;
  };
  readonly progress: Omit<Progress, 'steps'> & { readonly steps: Readonly<Record<string, StepProgress>> };
}

function keyed({ workflowId, workflowState, progress }: TurnView): KeyedView {
  const { open, suggestedInput } = workflowState;
  const { field } = suggestedInput;
  const suggested = field === undefined ? undefined : open.find((each) => each.field === field);
  const isOfField = suggested !== undefined && differenceOf(suggested, suggestedInput) === null;
  return {
    workflowId,
    workflowState: {
      ...workflowState,
      suggestedInput: isOfField ? { of: suggested.field } : suggestedInput,
      open: Object.fromEntries(open.map((each) => [each.field, each])),
    },
    progress: { ...progress, steps: Object.fromEntries(progress.steps.map((step, place) => [place, step])) },
  };
}

/** @throws TypeError for a view that keyed does not make */
function listed({ workflowId, workflowState, progress }: KeyedView): TurnView {
  const { open, suggestedInput } = workflowState;
  const suggested = 'of' in suggestedInput ? open[suggestedInput.of] : titled(suggestedInput);
  if (suggested === undefined) throw new TypeError('the suggested input is of a field that is not open');
  return {
    workflowId,
    workflowState: { ...workflowState, suggestedInput: suggested, open: Object.values(open) },
    progress: { ...progress, steps: Object.values(progress.steps) },
  };
}

function viewDifference(expected: TurnView, after: TurnView): Difference | null {
  const [was, is] = [keyed(expected), keyed(after)];
  const difference = differenceOf(was, is);
  const open = is.workflowState.open;
  const names = Object.keys(open);
  const kept = Object.keys(was.workflowState.open).filter((name) => Object.hasOwn(open, name));
  if (kept.every((name, place) => name === names[place])) return difference;
  // A difference knows no order: where a field opens again before others, it holds all of them.
  const { workflowState, ...rest } = difference ?? {};
  const others = isDifference(workflowState) ? workflowState : {};
  return { ...rest, workflowState: { ...others, open: [open] } };
}

function isDifference(change: Difference[string] | undefined): change is Difference {
  return typeof change === 'object' && !Array.isArray(change);
}

function merged(
  before: TurnView['workflowState']['collected'],
  changed: TurnMetadata['collected'],
): TurnView['workflowState']['collected'] {
  const cleared = Object.keys(changed).filter((field) => changed[field] === null);
  const after = { ...before, ...changed };
  return cleared.length === 0
    ? after
    : Object.fromEntries(Object.entries(after).filter(([field]) => !cleared.includes(field)));
}

/** Most fields are said. */
function saidFields(
  before: TurnView['workflowState']['sources'],
  changed: TurnMetadata['collected'],
): TurnView['workflowState']['sources'] {
  const names = Object.keys(changed);
  if (names.length === 0) return before;
  const kept = Object.entries(before).filter(([field]) => !Object.hasOwn(changed, field));
  return Object.fromEntries([
    ...kept,
    ...names.flatMap((field): [string, FieldSource][] => (changed[field] === null ? [] : [[field, 'said']])),
  ]);
}

function expectedTurn(number: number, step: string, stateChanged?: boolean) {
  return {
    number,
    stateChanged,
    collected: {},
    rejected: [],
    ignored: [],
    step: { from: step, to: step },
    action: null,
    parse: 'structured',
    parseIssues: [],
    citations: [],
  };
}

function changesState({ collected, step }: ToldTurn): boolean {
  return Object.keys(collected).length > 0 || step.from !== step.to;
}

function expectedWords(turn: number): Message {
  return { id: `${turn}.0`, role: 'user', turn, kind: 'text', format: 'plain' };
}

function expectedAnswer(turn: number, index: number): Message {
  return { id: `${turn}.${index + 1}`, role: 'assistant', turn, kind: 'text', format: 'markdown' };
}

/** Most often every field that changed is new, and the turn before changed something, too. */
function expectedReverse({ number, collected, undid }: TurnMetadata): Difference | null {
  const names = Object.keys(collected);
  if (names.length === 0 || undid !== undefined) return null;
  return { collected: Object.fromEntries(names.map((field) => [field, 0])), lastChange: [number - 1] };
}

function writtenReverse(expected: Difference | null, reverse: Difference | undefined): unknown {
  if (reverse === undefined) return expected === null ? undefined : 0;
  return differenceOf(expected ?? {}, reverse) ?? undefined;
}

/** @throws TypeError for what writtenReverse does not write */
function readReverse(expected: Difference | null, written: unknown): Pick<TranscriptTurn, 'reverse'> {
  if (written === 0 || (written === undefined && expected === null)) return {};
  return { reverse: applyDifference(expected ?? {}, written ?? {}) as Difference };
}

/** Most often every value that the agent sent is new and fits. */
function expectedPayload({ collected }: ToldTurn): ExtractedPayload {
  return { source: 'value', confidence: 'high', data: collected };
}
