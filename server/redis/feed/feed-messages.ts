import { z } from 'zod';
import { failureReasons } from '../../../contract/errors.ts';
import type { FailureReason } from '../../../contract/errors.ts';
import type { FeedMessage } from '../../orchestrator/ports/conversation-feed.ts';

type SentNotice = Exclude<FeedMessage, { readonly type: 'changed' }>;

const ofTurn = { turnId: z.string(), turnNumber: z.int().positive() };
const reasons = Object.keys(failureReasons) as [FailureReason, ...FailureReason[]];

const sentNotice = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('live'),
    ...ofTurn,
    events: z.array(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('agent.typing'), text: z.string().exactOptional() }),
        z.object({
          type: z.literal('message.delta'),
          streamId: z.string(),
          offset: z.int().nonnegative(),
          text: z.string(),
        }),
      ]),
    ),
  }),
  z.object({ type: z.literal('failed'), ...ofTurn, reason: z.enum(reasons) }),
]);

/** What the scripts that store or delete something send. */
const changed = 'changed';

export function writeNotice(notice: SentNotice): string {
  return JSON.stringify(notice);
}

/** What a message says; one that makes no sense, of another version perhaps, makes its reader look for itself. */
export function readNotice(message: string): FeedMessage {
  if (message === changed) return { type: 'changed' };
  try {
    return sentNotice.parse(JSON.parse(message));
  } catch {
    return { type: 'changed' };
  }
}
