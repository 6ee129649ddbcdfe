import type { FailureReason } from '../../../contract/errors.ts';
import { failureReasons } from '../../../contract/errors.ts';
import { z } from 'zod';
import type { FeedMessage } from '../../orchestrator/ports/conversation-feed.ts';

/** The messages that servers send; `changed` is sent by the scripts that store or delete something. */
type SentMessage = Exclude<FeedMessage, { readonly type: 'changed' }>;

const ofTurn = { turnId: z.string(), turnNumber: z.int().positive() };
const reasons = Object.keys(failureReasons) as [FailureReason, ...FailureReason[]];

const sentMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('running'),
    ...ofTurn,
    shown: z.object({
      texts: z.array(z.object({ streamId: z.string(), text: z.string() })),
      typing: z.string().nullable(),
    }),
  }),
  z.object({ type: z.literal('failed'), ...ofTurn, reason: z.enum(reasons) }),
]) satisfies z.ZodType<SentMessage>;

const changed = 'changed';

export function writeFeedMessage(message: SentMessage): string {
  return JSON.stringify(message);
}

/** Reads a message. One that makes no sense, of another version perhaps, sends its reader to the store. */
export function readFeedMessage(message: string): FeedMessage {
  if (message === changed) return { type: 'changed' };
  try {
    return sentMessage.parse(JSON.parse(message));
  } catch {
    return { type: 'changed' };
  }
}
