import type { Activity } from '../../answer/activity.ts';
import { TextParts } from '../../answer/text/text-parts.ts';
import { ThoughtFilter } from '../../answer/text/thought-filter.ts';
import type { FilteredText } from '../../answer/text/thought-filter.ts';
import { PromptReader } from './prompt-reader.ts';

/**
 * Emits a growing answer as streaming activities in Copilot Studio's shape; each carries the text since the one before.
 * The longer the answer, the larger the pieces, so that their number stays small and reading them stays linear in the
 * answer's length.
 */
export class Pieces {
  readonly #streamId: string;
  readonly #spoken: VisiblePrompt;
  #sequence = 0;
  #readChars = 0;
  #shown = '';

  /** @param mayHideThoughts whether the model may write thoughts without an opening mark */
  constructor(streamId: string, mayHideThoughts: boolean) {
    this.#streamId = streamId;
    this.#spoken = new VisiblePrompt(mayHideThoughts);
  }

  /** Returns the next piece of the answer so far, if there is one. */
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

  /** The entities that mark the final message of the stream; empty if there were no pieces. */
  finalEntities(): unknown[] {
    return this.#sequence === 0 ? [] : [this.#streamInfo('final', this.#sequence + 1)];
  }

  #streamInfo(streamType: 'streaming' | 'final', streamSequence: number) {
    return { type: 'streaminfo', streamId: this.#streamId, streamSequence, streamType };
  }
}

/**
 * The part of a growing answer that may be shown: the `prompt` of an answer in JSON, the words before the structure of
 * an answer in text. Never structure, never thoughts. A closing mark without an opening one turns all text before it
 * into thoughts; for a model that may write one, words are shown only after that mark. Each piece is read once.
 */
export class VisiblePrompt {
  readonly #thoughts = new ThoughtFilter();
  readonly #mayHideThoughts: boolean;
  #wasTakenBack = false;
  #answer = new GrowingCompletion();

  /** @param mayHideThoughts whether the model may write thoughts without an opening mark */
  constructor(mayHideThoughts: boolean) {
    this.#mayHideThoughts = mayHideThoughts;
  }

  append(piece: string): void {
    const { text, isTakenBack } = this.#thoughts.append(piece);
    if (isTakenBack) {
      this.#wasTakenBack = true;
      this.#answer = new GrowingCompletion();
    }
    this.#answer.append(text);
  }

  /** The visible text so far. */
  get text(): string {
    const isUncertain = this.#mayHideThoughts && this.#thoughts.mayBeTakenBack && !this.#wasTakenBack;
    const { prompt, words } = this.#answer;
    return wellFormed(isUncertain ? prompt : prompt + words);
  }
}

/** A growing answer without its thoughts. */
class GrowingCompletion {
  /** The reader of the answer's JSON; null once the answer turns out to be in words. */
  #json: PromptReader | null = new PromptReader();
  #head = '';
  readonly #promptThoughts = new ThoughtFilter();
  readonly #parts = new TextParts();
  #hasStructure = false;
  #prompt = '';
  #words = '';

  get prompt(): string {
    return this.#prompt;
  }

  get words(): string {
    return this.#words;
  }

  append(text: string): void {
    if (this.#json === null) {
      this.#say(text);
      return;
    }
    const { isJson } = this.#json;
    // Undecided text is kept, because it may turn out to be words.
    if (isJson === null) this.#head += text;
    this.#ask(this.#promptThoughts.append(this.#json.append(text)));
    if (this.#json.isJson !== false) return;
    this.#json = null;
    this.#say(this.#head.trimStart());
  }

  #ask({ text, isTakenBack }: FilteredText): void {
    this.#prompt = isTakenBack ? text : this.#prompt + text;
  }

  #say(text: string): void {
    if (this.#hasStructure) return;
    for (const { words, readings } of this.#parts.append(text)) {
      this.#hasStructure ||= readings.length > 0;
      if (this.#hasStructure) return;
      this.#words += words;
    }
  }
}

function wellFormed(spoken: string): string {
  const last = spoken.charCodeAt(spoken.length - 1);
  const isHalfCharacter = last >= 0xd800 && last <= 0xdbff;
  return isHalfCharacter ? spoken.slice(0, -1) : spoken;
}
