/**
 * The inputs of the procedures: each schema with its type beside it. The types are written out, because the client's
 * declarations hold them, with their documentation and without zod; a type test holds them to the schemas.
 */
import { z } from 'zod';
import type { Json } from '../workflows/definition/json.ts';
import type { TypedDefinition } from '../workflows/definition/types.ts';
import { wireLimits } from './limits.ts';
import { outcomes } from './workflow-state.ts';
import type { Outcome } from './workflow-state.ts';
import type { WorkflowId } from './workflow-types.ts';

const conversationId = z
  .string()
  .regex(/^[A-Za-z0-9._~:@-]{1,128}$/, 'must be 1 to 128 characters of A-Z a-z 0-9 . _ ~ : @ -');

interface OfOneConversation {
  /** 1 to 128 characters of A-Z a-z 0-9 . _ ~ : @ - */
  conversationId: string;
}

/** Fields to set, by name; `null` clears one. */
type EnteredFields = Readonly<Partial<Record<string, Json>>>;

/**
 * The input that a turn brings in: a text, the data entered on a card, fields set directly, nothing, so that the agent
 * speaks first, or the wish to take the last change back.
 *
 * @example
 * ```ts
 * const input: TurnInput = { type: 'text', text: 'Acme Ltd' };
 * ```
 */
export type TurnInput<Fields extends object = EnteredFields> =
  /** 1 to 8000 characters, without the space around them. */
  | { type: 'text'; text: string }
  | {
      type: 'cardAction';
      /** A card that the agent showed in this conversation: its message's `cardId`. */
      cardId: string;
      /** The entered data, as a card renderer hands it over. */
      data: Readonly<Record<string, Json>>;
      /** The action's verb, else its id: needed where the card has several that submit the same data. */
      action?: string | undefined;
    }
  | { type: 'open' }
  /** Sets fields: all of them, or none where the workflow refuses a value. */
  | {
      type: 'data';
      /** The fields to set, by name; `null` clears one. */
      data: Fields;
      /** Words that go with them: 1 to 8000 characters, without the space around them. */
      text?: string | undefined;
      /** False to ask no agent: fields, position and progress change, and the turn has no answer. @default true */
      respond?: boolean | undefined;
    }
  /** Takes back what the last turn that changed something did. */
  | { type: 'undo' };

const text = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(wireLimits.textChars, `must be at most ${wireLimits.textChars} characters`)
  .refine(
    (words) => JSON.stringify(words).length <= wireLimits.textJsonChars,
    'holds too many control characters, or halves of characters',
  );

export const textInput = z.strictObject({ type: z.literal('text'), text });

export const cardActionInput = z.strictObject({
  type: z.literal('cardAction'),
  cardId: z.string().min(1).max(100),
  data: z.custom<Readonly<Record<string, Json>>>(isObject, 'is required, as an object'),
  action: z.string().min(1).max(wireLimits.cardActionNameChars).optional(),
});

export const openInput = z.strictObject({ type: z.literal('open') });

export const dataInput = z.strictObject({
  type: z.literal('data'),
  data: z.custom<EnteredFields>(isObject, 'is required, as an object'),
  text: text.optional(),
  respond: z.boolean().default(true),
});

export const undoInput = z.strictObject({ type: z.literal('undo') });

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const turnInput = z.discriminatedUnion('type', [
  textInput,
  cardActionInput,
  openInput,
  dataInput,
  undoInput,
]) satisfies z.ZodType<unknown, TurnInput>;

const busyModes = ['reject', 'wait', 'interrupt'] as const;

/**
 * The behaviour of a turn, or an end, when another turn of its conversation is running: fail (and be tried again), wait
 * in the queue, or interrupt that turn and take its place.
 *
 * @example
 * ```ts
 * const whenBusy: WhenBusy = 'wait';
 * ```
 */
export type WhenBusy = (typeof busyModes)[number];

const whenBusy = z.enum(busyModes, 'must be one of reject, wait, interrupt').default('reject');

/** A request may ask for up to a day; the server's setting bounds the wait. */
const waitMs = z.int().min(0).max(86_400_000);

/** The part of an input that concerns other calls of the same conversation. */
interface AmongOthers {
  /** @default 'reject' */
  whenBusy?: WhenBusy | undefined;
  /** The longest wait for others, in milliseconds; the server's setting bounds it. */
  waitMs?: number | undefined;
}

/**
 * The opening holds what the program that opens a conversation knows. The turn that opens the conversation takes it. Later
 * turns may send the same one; another one fails with OPENING_DIFFERS.
 *
 * @example
 * ```ts
 * const opening: Opening = { context: { customer: 'C-4711' }, prefill: { legalName: 'Acme Ltd' } };
 * ```
 */
export interface Opening {
  /** Facts for the conversation, as the definition's `context` declares them. Nobody changes them afterwards. */
  context?: EnteredFields | undefined;
  /** Values of fields that are known already. */
  prefill?: EnteredFields | undefined;
}

const openingFields = z.custom<EnteredFields>(isObject, 'must be an object');

export const openingSchema = z.strictObject({
  context: openingFields.optional(),
  prefill: openingFields.optional(),
}) satisfies z.ZodType<unknown, Opening>;

/**
 * The input of `workflow.turn`.
 *
 * @example
 * ```ts
 * const request: TurnRequest<ShippedDefinition> = { conversationId: id, input: { type: 'open' } };
 * ```
 */
export interface TurnRequest<Definition extends TypedDefinition> extends OfOneConversation, AmongOthers {
  /** Needed to open a conversation where the server runs more than one workflow. */
  workflowId?: WorkflowId<Definition> | undefined;
  /** The idempotency key: 1 to 64 characters of A-Z a-z 0-9 . _ - */
  turnId?: string | undefined;
  input: TurnInput;
  /** What is known when the conversation opens. */
  opening?: Opening | undefined;
}

const turnId = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 . _ -');

export const turnSchema = z.strictObject({
  conversationId,
  workflowId: z.string().min(1).max(64).optional(),
  turnId: turnId.optional(),
  input: turnInput,
  opening: openingSchema.optional(),
  whenBusy,
  waitMs: waitMs.optional(),
}) satisfies z.ZodType<unknown, TurnRequest<TypedDefinition>>;

/**
 * The input of `workflow.get`.
 *
 * @example
 * ```ts
 * const request: GetConversationRequest = { conversationId: id, messages: { limit: 20 } };
 * ```
 */
export interface GetConversationRequest extends OfOneConversation {
  messages?:
    | {
        /** 1 to 100. */
        limit: number;
        /** The `olderBefore` of the page after this one. */
        before?: string | undefined;
      }
    | undefined;
  /**
   * The caller expects that the conversation may not exist. WORKFLOW_NOT_FOUND then has HTTP status 200, so that no
   * browser writes an error to its console.
   * @default false
   */
  mayBeMissing?: boolean | undefined;
}

/** A message's id: `<turn>.<position in the turn>`. */
export const messageId = z.string().regex(/^\d{1,9}\.\d{1,9}$/, 'must be the id of a message');

export const messagesPage = z.strictObject({
  limit: z.int().min(1).max(100),
  before: messageId.optional(),
});

/** The page of a caller who names none. */
export const newestMessages = { limit: 50 };

export const getSchema = z.strictObject({
  conversationId,
  messages: messagesPage.default(newestMessages),
  mayBeMissing: z.boolean().default(false),
}) satisfies z.ZodType<unknown, GetConversationRequest>;

/**
 * The input of `workflow.end`.
 *
 * @example
 * ```ts
 * const request: EndConversationRequest = { conversationId: id, outcome: 'completed' };
 * ```
 */
export interface EndConversationRequest extends OfOneConversation, AmongOthers {
  outcome: Outcome;
  /** At most 500 characters. */
  reason?: string | undefined;
  /** Deletes everything about the conversation. @default false */
  purge?: boolean | undefined;
}

export const endSchema = z.strictObject({
  conversationId,
  outcome: z.enum(outcomes),
  reason: z.string().trim().min(1).max(500).optional(),
  purge: z.boolean().default(false),
  whenBusy,
  waitMs: waitMs.optional(),
}) satisfies z.ZodType<unknown, EndConversationRequest>;

/**
 * The input of `workflow.list`: the page of the caller's conversations to list.
 *
 * @example
 * ```ts
 * const next: ListRequest = { limit: 10, cursor: nextCursor };
 * ```
 */
export interface ListRequest {
  /** 1 to 100. @default 20 */
  limit?: number | undefined;
  /** The `nextCursor` of the page before this one. */
  cursor?: string | null | undefined;
  /** Sent by tRPC's infinite queries; there is no other way to go. */
  direction?: 'forward' | undefined;
}

export const cursor = z.string().max(500);

export const listSchema = z.strictObject({
  limit: z.int().min(1).max(100).default(20),
  // tRPC's infinite queries send `null` for the first page.
  cursor: cursor.nullish(),
  direction: z.literal('forward').optional(),
}) satisfies z.ZodType<unknown, ListRequest>;

/**
 * The input of `workflow.choices`: the choices to find, for a field of a conversation.
 *
 * @example
 * ```ts
 * const request: ChoicesRequest = { conversationId: id, field: 'costCentre', query: 'mark' };
 * ```
 */
export interface ChoicesRequest extends OfOneConversation {
  field: string;
  /** What the person has typed, at most 200 characters. @default '' */
  query?: string | undefined;
  /** 1 to 50. @default 20 */
  limit?: number | undefined;
  /** The `nextCursor` of the page before this one. */
  cursor?: string | null | undefined;
}

export const choicesSchema = z.strictObject({
  conversationId,
  field: z.string().min(1).max(64),
  query: z.string().trim().max(200).default(''),
  limit: z.int().min(1).max(50).default(20),
  cursor: z
    .string()
    .regex(/^\d{1,4}$/, 'must be the nextCursor of an earlier page')
    .nullish(),
}) satisfies z.ZodType<unknown, ChoicesRequest>;

/**
 * The input of `workflow.stop`.
 *
 * @example
 * ```ts
 * const request: StopRequest = { conversationId: id, turnId: 'turn-1' };
 * ```
 */
export interface StopRequest extends OfOneConversation {
  /** Only the turn of this id; another one goes on. @default the turn that runs */
  turnId?: string | undefined;
}

export const stopSchema = z.strictObject({
  conversationId,
  turnId: turnId.optional(),
}) satisfies z.ZodType<unknown, StopRequest>;

/** The input of `workflow.watch`: the conversation to watch, and where to begin. */
export interface WatchRequest extends OfOneConversation {
  /** Begins after this turn. @default the last one */
  after?: number | undefined;
  /** Waits for a conversation that has not been opened yet, instead of failing. @default false */
  awaitOpening?: boolean | undefined;
  /** Goes on after this event; tRPC's clients send it by themselves when they reconnect. */
  lastEventId?: string | undefined;
}

export const eventId = z.string().max(100);

export const watchSchema = z.strictObject({
  conversationId,
  after: z.int().min(0).max(999_999_999).optional(),
  awaitOpening: z.boolean().default(false),
  lastEventId: eventId.optional(),
}) satisfies z.ZodType<unknown, WatchRequest>;
