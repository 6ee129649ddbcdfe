import { z } from 'zod';

/**
 * The agent's wire unit, as far as it is read here (Activity protocol, Bot Framework schema 3.1). Everything is
 * optional and everything unknown is let through: what an agent sends is input, not truth.
 */
export const activitySchema = z.looseObject({
  type: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  text: z.string().optional().catch(undefined),
  textFormat: z.string().optional().catch(undefined),
  value: z.unknown().optional(),
  channelData: z.unknown().optional(),
  entities: z.array(z.unknown()).optional().catch(undefined),
  attachments: z.array(z.unknown()).optional().catch(undefined),
  suggestedActions: z.unknown().optional(),
});

export type Activity = z.infer<typeof activitySchema>;
