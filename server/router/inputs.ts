/**
 * The procedures' input schemas: the contract's, with the server's own parts decoded. A message's id, a cursor and an
 * event's id are opaque texts to callers; here they become the positions that they stand for.
 */
import { z } from 'zod';
import * as contract from '../../contract/inputs.ts';
import type { Json } from '../../workflows/definition/json.ts';
import { toBoundedStrictJson } from '../domain/json.ts';
import type { MessagePlace } from '../orchestrator/get-conversation.ts';
import type { ListPosition } from '../orchestrator/ports/workflow-state-store.ts';
import { readPosition } from '../watch/watcher.ts';
import type { WatchPosition } from '../watch/watcher.ts';

/** The data is copied into our own objects, so that no key or depth of the caller's choosing gets any further (I11). */
function copied(data: unknown, context: z.RefinementCtx, refusesNames = false): Record<string, Json> {
  const bounded = toBoundedStrictJson(data, refusesNames);
  if (bounded.ok && isObject(bounded.value)) return bounded.value;
  context.addIssue({ code: 'custom', message: bounded.ok ? 'is required, as an object' : bounded.issue });
  return z.NEVER;
}

/** Fields are set all or none, so that one with a name which can't be taken fails the call. */
function copiedFields(data: unknown, context: z.RefinementCtx): Record<string, Json> {
  return copied(data, context, true);
}

const { cardActionInput, dataInput, openingSchema } = contract;

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const turnSchema = contract.turnSchema.extend({
  input: z.discriminatedUnion('type', [
    contract.textInput,
    cardActionInput.extend({
      data: cardActionInput.shape.data.transform((data, context) => copied(data, context)),
    }),
    contract.openInput,
    dataInput.extend({ data: dataInput.shape.data.transform(copiedFields) }),
    contract.undoInput,
  ]),
  opening: openingSchema
    .extend({
      context: openingSchema.shape.context.unwrap().transform(copiedFields).optional(),
      prefill: openingSchema.shape.prefill.unwrap().transform(copiedFields).optional(),
    })
    .optional(),
});

const messageId = contract.messageId.transform((id): MessagePlace => {
  const dot = id.indexOf('.');
  return { turn: Number(id.slice(0, dot)), index: Number(id.slice(dot + 1)) };
});

export const getSchema = contract.getSchema.extend({
  messages: contract.messagesPage.extend({ before: messageId.optional() }).default(contract.newestMessages),
});

/** Returns true if the caller of `workflow.get` expects that the conversation may not exist. */
export function mayBeMissing(input: unknown): boolean {
  return z.object({ mayBeMissing: z.literal(true) }).safeParse(input).success;
}

const eventId = contract.eventId.transform((id, context): WatchPosition => {
  const position = readPosition(id);
  if (position !== null) return position;
  context.addIssue({ code: 'custom', message: 'must be the id of an event of an earlier watch' });
  return z.NEVER;
});

export const watchSchema = contract.watchSchema.extend({ lastEventId: eventId.optional() });

const positionSchema = z.tuple([z.number(), z.string()]);

/** Writes the position where a page of the list ended, as an opaque text. */
export function writeCursor({ lastActiveAt, conversationId }: ListPosition): string {
  return Buffer.from(JSON.stringify([lastActiveAt, conversationId])).toString('base64url');
}

const cursor = contract.cursor.transform((encoded, context): ListPosition => {
  const position = positionSchema.safeParse(decode(encoded));
  if (position.success) return { lastActiveAt: position.data[0], conversationId: position.data[1] };
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

export const listSchema = contract.listSchema.extend({ cursor: cursor.nullish() });
