import { z } from 'zod';
import type { Json } from '../../workflows/definition/json.ts';
import { toBoundedStrictJson } from '../domain/bounded-json.ts';
import { limits } from '../domain/limits.ts';
import type { MessagePlace } from '../orchestrator/get-conversation.ts';
import { readPosition } from '../watch/watch-position.ts';
import type { WatchPosition } from '../watch/watch-position.ts';
import type { ListPosition } from '../orchestrator/ports/workflow-state-store.ts';

const conversationId = z
  .string()
  .regex(/^[A-Za-z0-9._~:@-]{1,128}$/, 'must be 1 to 128 characters of A-Z a-z 0-9 . _ ~ : @ -');

const turnId = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 . _ -');

const text = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(limits.textChars, `must be at most ${limits.textChars} characters`)
  .refine(
    (words) => JSON.stringify(words).length <= limits.textJsonChars,
    'holds too many control characters, or halves of characters',
  );

/** Copied into objects of ours, so that no key or depth of the caller's choosing gets further than this. */
const cardData = z
  .custom<Readonly<Record<string, Json>>>(isObject, 'is required, as an object')
  .transform((data, context): Record<string, Json> => {
    const bounded = toBoundedStrictJson(data);
    if (bounded.ok && isObject(bounded.value)) return bounded.value;
    context.addIssue({ code: 'custom', message: bounded.ok ? 'is required, as an object' : bounded.issue });
    return z.NEVER;
  });

function isObject(value: unknown): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const turnInput = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text }),
  z.strictObject({
    type: z.literal('cardAction'),
    cardId: z.string().min(1).max(100),
    data: cardData,
    action: z.string().min(1).max(limits.cardActionNameChars).optional(),
  }),
  z.strictObject({ type: z.literal('open') }),
]);

/** What happens when another turn of the conversation is running. */
const whenBusy = z
  .enum(['reject', 'wait', 'interrupt'], 'must be one of reject, wait, interrupt')
  .default('reject');

/** Longer waits are allowed to be asked for; the server's setting bounds them. */
const waitMs = z.int().min(0).max(86_400_000);

export const turnSchema = z.strictObject({
  conversationId,
  workflowId: z.string().min(1).max(64).optional(),
  turnId: turnId.optional(),
  input: turnInput,
  whenBusy,
  waitMs: waitMs.optional(),
});

const messageId = z
  .string()
  .regex(/^\d{1,9}\.\d{1,9}$/, 'must be the id of a message')
  .transform((id): MessagePlace => {
    const dot = id.indexOf('.');
    return { turn: Number(id.slice(0, dot)), index: Number(id.slice(dot + 1)) };
  });

const defaultMessages = 50;

export const getSchema = z.strictObject({
  conversationId,
  messages: z
    .strictObject({ limit: z.int().min(1).max(100), before: messageId.optional() })
    .default({ limit: defaultMessages }),
  mayBeMissing: z.boolean().default(false),
});

/** Whether the caller of `workflow.get` expects that the conversation may not be there. */
export function mayBeMissing(input: unknown): boolean {
  return z.object({ mayBeMissing: z.literal(true) }).safeParse(input).success;
}

export const endSchema = z.strictObject({
  conversationId,
  outcome: z.enum(['completed', 'cancelled']),
  reason: z.string().trim().min(1).max(500).optional(),
  purge: z.boolean().default(false),
  whenBusy,
  waitMs: waitMs.optional(),
});

const eventId = z
  .string()
  .max(100)
  .transform((id, context): WatchPosition => {
    const position = readPosition(id);
    if (position !== null) return position;
    context.addIssue({ code: 'custom', message: 'must be the id of an event of an earlier watch' });
    return z.NEVER;
  });

export const watchSchema = z.strictObject({
  conversationId,
  /** Begin behind this turn; by default behind the last one. */
  after: z.int().min(0).max(999_999_999).optional(),
  /** Whether to wait for a conversation that has not been opened yet, rather than fail. */
  awaitOpening: z.boolean().default(false),
  /** Go on behind this event; tRPC's clients send it by themselves when they come back. */
  lastEventId: eventId.optional(),
});

const positionSchema = z.tuple([z.number(), z.string()]);

/** Where a page of the list ended, as an opaque text. */
export function writeCursor({ lastActiveAt, conversationId }: ListPosition): string {
  return Buffer.from(JSON.stringify([lastActiveAt, conversationId])).toString('base64url');
}

const cursor = z
  .string()
  .max(500)
  .transform((encoded, context): ListPosition => {
    const position = positionSchema.safeParse(decode(encoded));
    if (position.success) {
      return { lastActiveAt: position.data[0], conversationId: position.data[1] };
    }
    context.addIssue({ code: 'custom', message: 'must be the nextCursor of an earlier page' });
    return z.NEVER;
  });

function decode(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

export const listSchema = z.strictObject({
  limit: z.int().min(1).max(100).default(20),
  cursor: cursor.nullish(),
  // tRPC's infinite queries send it, as they send `cursor: null` for the first page.
  direction: z.literal('forward').optional(),
});
