import type { Activity } from '../../../../server/answer/activity.ts';

interface PieceDetail {
  readonly id?: string;
  readonly streamId?: string;
  readonly streamSequence?: number;
  readonly streamType?: 'streaming' | 'informative' | 'final';
  readonly chunkType?: 'delta' | 'full';
}

/** A streaming piece as Copilot Studio sends it: an entity describes it, the channel data says how it is cut. */
export function piece(text: string, detail: PieceDetail = {}): Activity {
  const { id, chunkType, ...info } = { streamId: 's', streamType: 'streaming', ...detail };
  return {
    type: 'typing',
    text,
    entities: [{ type: 'streaminfo', ...info }],
    ...(id === undefined ? {} : { id }),
    ...(chunkType === undefined ? {} : { channelData: { chunkType } }),
  };
}

/** The pieces of one stream, numbered from 1. */
export function pieces(texts: readonly string[], detail: PieceDetail = {}): Activity[] {
  return texts.map((text, index) => piece(text, { streamSequence: index + 1, ...detail }));
}

/** The message that finishes a stream. */
export function finalMessage(text: string, streamId = 's'): Activity {
  return { type: 'message', text, entities: [{ type: 'streaminfo', streamId, streamType: 'final' }] };
}

/** Returns the growing texts of a service that repeats the whole text each time. */
export function wholes(chunks: readonly string[]): string[] {
  return chunks.map((_chunk, index) => chunks.slice(0, index + 1).join(''));
}

export const contractBlock = '```json\n{"action":"ask","data":{"city":"Berlin"}}\n```\n';
