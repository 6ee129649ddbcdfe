import type { Activity } from '../../answer/activity.ts';
import { VisiblePrompt } from './visible-prompt.ts';

/**
 * Tells a growing answer as streaming activities, in Copilot Studio's shape: each carries what has come since the one
 * before. The longer the answer, the larger the pieces, so that their number stays small and reading them stays
 * linear in its length.
 */
export class Pieces {
  readonly #streamId: string;
  readonly #spoken: VisiblePrompt;
  #sequence = 0;
  #readChars = 0;
  #shown = '';

  /** @param mayHideThoughts whether the model may think without saying so before it is done with that */
  constructor(streamId: string, mayHideThoughts: boolean) {
    this.#streamId = streamId;
    this.#spoken = new VisiblePrompt(mayHideThoughts);
  }

  /** The next piece of what has been answered so far, if there is one. */
  next(content: string): Activity | null {
    if (content.length - this.#readChars <= content.length / 64) return null;
    this.#spoken.append(content.slice(this.#readChars));
    this.#readChars = content.length;
    const spoken = this.#spoken.text;
    if (spoken.length <= this.#shown.length || !spoken.startsWith(this.#shown)) return null;
    const text = spoken.slice(this.#shown.length);
    this.#shown = spoken;
    this.#sequence += 1;
    return {
      type: 'typing',
      text,
      channelData: { chunkType: 'delta' },
      entities: [this.#streamInfo('streaming', this.#sequence)],
    };
  }

  /** What marks the message that the pieces were part of; none where there were no pieces. */
  finalEntities(): unknown[] {
    return this.#sequence === 0 ? [] : [this.#streamInfo('final', this.#sequence + 1)];
  }

  #streamInfo(streamType: 'streaming' | 'final', streamSequence: number) {
    return { type: 'streaminfo', streamId: this.#streamId, streamSequence, streamType };
  }
}
