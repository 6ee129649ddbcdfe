import { z } from 'zod';
import type { Activity } from '../../answer/activity.ts';

/** What is let into a URL, and kept. The service's own ids are UUIDs, and others of letters, digits and hyphens. */
const conversationIdSchema = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const accountSchema = z.object({ id: conversationIdSchema });

/** Reads an id from wherever it may stand; null for anything else. */
export function readConversationId(value: unknown): string | null {
  return conversationIdSchema.safeParse(value).data ?? null;
}

/** The conversation that a message says it belongs to. */
export function conversationOf(activity: Activity): string | null {
  if (activity.type !== 'message') return null;
  return accountSchema.safeParse(activity['conversation']).data?.id ?? null;
}
