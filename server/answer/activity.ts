import { z } from 'zod';

const word = z.string().optional().catch(undefined);
const account = z.looseObject({ role: word }).optional().catch(undefined);

/**
 * The agent's wire unit, as far as it is read here (Activity protocol, Bot Framework schema 3.1). Everything is
 * optional and everything unknown is let through: what an agent sends is input, not truth.
 */
export const activitySchema = z.looseObject({
  type: word,
  id: word,
  from: account,
  recipient: account,
  name: word,
  /** Why a conversation was ended. */
  code: z.unknown().optional(),
  text: word,
  textFormat: word,
  /** What is to be said aloud: plain text, or SSML. */
  speak: word,
  value: z.unknown().optional(),
  channelData: z.unknown().optional(),
  entities: z.array(z.unknown()).optional().catch(undefined),
  attachments: z.array(z.unknown()).optional().catch(undefined),
  suggestedActions: z.unknown().optional(),
});

export type Activity = z.infer<typeof activitySchema>;
