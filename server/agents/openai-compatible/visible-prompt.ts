import { TextParts } from '../../answer/text/text-parts.ts';
import { ThoughtFilter } from '../../answer/text/thought-filter.ts';
import type { FilteredText } from '../../answer/text/thought-filter.ts';
import { PromptReader } from './prompt-reader.ts';

/**
 * What the person may be shown of an answer that is still growing: the `prompt` of one in JSON, the words before the
 * structure of one in text. Never structure, never thoughts. A closing mark alone makes thoughts of what was said until
 * then: of a model that may write such, words are shown only once that mark has come. Each piece is read once.
 */
export class VisiblePrompt {
  readonly #thoughts = new ThoughtFilter();
  readonly #mayHideThoughts: boolean;
  #wasTakenBack = false;
  #answer = new GrowingAnswer();

  /** @param mayHideThoughts whether the model may think without saying so before it is done with that */
  constructor(mayHideThoughts: boolean) {
    this.#mayHideThoughts = mayHideThoughts;
  }

  append(piece: string): void {
    const { text, isTakenBack } = this.#thoughts.append(piece);
    if (isTakenBack) {
      this.#wasTakenBack = true;
      this.#answer = new GrowingAnswer();
    }
    this.#answer.append(text);
  }

  /** All of it so far. */
  get text(): string {
    const isUncertain = this.#mayHideThoughts && this.#thoughts.mayBeTakenBack && !this.#wasTakenBack;
    const { prompt, words } = this.#answer;
    return wellFormed(isUncertain ? prompt : prompt + words);
  }
}

/** An answer without its thoughts. */
class GrowingAnswer {
  /** Its JSON, where it begins as such; null for one in words. Undecided until then. */
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
    // What is undecided is kept, as it may turn out to be words.
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
