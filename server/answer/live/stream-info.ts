import { z } from 'zod';
import type { Activity } from '../activity.ts';

/**
 * What an activity says about the stream that it is part of: in a `streaminfo` entity or, as older services do, in its
 * `channelData` (Web Chat's docs/LIVESTREAMING.md; the Activity protocol's `streaminfo`).
 */
export interface StreamInfo {
  readonly streamId: string | null;
  /** From 1; each piece of a stream has its own. */
  readonly sequence: number | null;
  readonly type: 'informative' | 'streaming' | 'final';
  /** Whether the text is only what came since the piece before, or all of it; `null` where the service does not say. */
  readonly chunk: 'delta' | 'whole' | null;
}

const fields = {
  streamId: z.string().min(1).max(256).optional().catch(undefined),
  streamSequence: z.int().min(1).optional().catch(undefined),
};
const streamType = z.enum(['informative', 'streaming', 'final']);
const entitySchema = z.object({
  ...fields,
  type: z.literal('streaminfo'),
  streamType: streamType.optional().catch(undefined),
});
const channelDataSchema = z.object({ ...fields, streamType });
const chunkSchema = z.object({ chunkType: z.enum(['delta', 'full']) });

/** `null` for an activity that is no part of a stream. Never throws. */
export function readStreamInfo(activity: Activity): StreamInfo | null {
  if (activity.type !== 'typing' && activity.type !== 'message') return null;
  const entity = firstMatch(entitySchema, activity.entities ?? []);
  const channelData = firstMatch(channelDataSchema, [activity.channelData]);
  if (entity === null && channelData === null) return null;
  return {
    streamId: entity?.streamId ?? channelData?.streamId ?? null,
    sequence: entity?.streamSequence ?? channelData?.streamSequence ?? null,
    type:
      activity.type === 'message' ? 'final' : (entity?.streamType ?? channelData?.streamType ?? 'streaming'),
    chunk: readChunk(activity.channelData),
  };
}

function readChunk(channelData: unknown): StreamInfo['chunk'] {
  const chunkType = firstMatch(chunkSchema, [channelData])?.chunkType;
  if (chunkType === undefined) return null;
  return chunkType === 'delta' ? 'delta' : 'whole';
}

function firstMatch<Schema extends z.ZodType>(
  schema: Schema,
  candidates: readonly unknown[],
): z.infer<Schema> | null {
  for (const candidate of candidates) {
    const parsed = schema.safeParse(candidate);
    if (parsed.success) return parsed.data;
  }
  return null;
}
