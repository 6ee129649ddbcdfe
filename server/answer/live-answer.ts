import { limits } from '../domain/limits.ts';
import { cutTo } from '../domain/json.ts';
import type { Activity } from './activity.ts';
import { textDrafts } from './text-drafts.ts';
import type { StreamEvent, TextChange } from './streamed-texts.ts';
import { GrowingVisibleText } from './text/growing-visible-text.ts';
import { withoutStructure } from './text/visible-text.ts';

/** A text of a running turn, as far as it is shown. */
interface LiveText {
  /** Distinguishes the texts of one turn; it has no other meaning. */
  readonly streamId: string;
  readonly text: string;
}

/** Everything that is shown of a running turn's answer so far. It is for display only: the committed messages count. */
export interface LiveSnapshot {
  /** In the order in which they began. */
  readonly texts: readonly LiveText[];
  /** The agent's words about its work, empty where it only types; `null` since a text changed. */
  readonly typing: string | null;
}

export const nothingShown: LiveSnapshot = { texts: [], typing: null };

const longestTypingText = 500;

interface GrowingText {
  readonly growing: GrowingVisibleText;
  /** The whole visible text, including the part beyond `limits.liveChars`, which is not shown. */
  visible: string;
}

/** Makes the live view of an answer from its activities, one by one. Bounded by `limits.liveChars`. */
export class GrowingAnswer {
  #shown = nothingShown;
  #chars = 0;
  readonly #growing = new Map<string, GrowingText>();
  #messages = 0;

  /** Everything that is shown by now. It is a new object after every change. */
  get shown(): LiveSnapshot {
    return this.#shown;
  }

  /** Takes an activity that is meant for the person, with its effect on its stream. */
  take(activity: Activity, streamEvent: StreamEvent | null): void {
    switch (streamEvent?.kind) {
      case 'text':
        if (!this.#change(streamEvent.streamId, streamEvent.change)) this.#type('');
        return;
      case 'surplus':
        this.#type('');
        return;
      case 'informative':
        this.#type(cutTo(withoutStructure(streamEvent.text), longestTypingText));
        return;
      case 'final':
        this.#show(streamEvent.streamId, streamEvent.text === null ? '' : committedWords(activity));
        return;
      case 'repeated':
        return;
      case undefined:
        this.#takeWhole(activity);
    }
  }

  #takeWhole(activity: Activity): void {
    if (activity.type === 'typing') this.#type('');
    if (activity.type !== 'message') return;
    this.#messages += 1;
    this.#show(`message-${this.#messages}`, committedWords(activity));
  }

  /** Returns whether the change makes a difference to what is shown. */
  #change(streamId: string, change: TextChange): boolean {
    switch (change.kind) {
      case 'none':
        return false;
      case 'grown': {
        const text = this.#growing.get(streamId) ?? this.#begin(streamId);
        const before = text.growing.timesTakenBack;
        const added = text.growing.append(change.by);
        text.visible = text.growing.timesTakenBack > before ? added : text.visible + added;
        return this.#show(streamId, text.visible);
      }
      case 'replaced': {
        const text = this.#begin(streamId);
        text.visible = text.growing.append(change.text);
        return this.#show(streamId, text.visible);
      }
    }
  }

  #begin(streamId: string): GrowingText {
    const text = { growing: new GrowingVisibleText(), visible: '' };
    this.#growing.set(streamId, text);
    return text;
  }

  #show(streamId: string, text: string): boolean {
    const { texts } = this.#shown;
    const index = texts.findIndex((shown) => shown.streamId === streamId);
    const before = texts[index]?.text ?? '';
    const chars = this.#chars - before.length + text.length;
    // Texts are compared by their length first: one that only grows is never read again.
    if ((before.length === text.length && before === text) || chars > limits.liveChars) return false;
    if (index === -1 && texts.length >= limits.messagesPerTurn) return false;
    this.#chars = chars;
    const shown = { streamId, text };
    this.#shown = { texts: index === -1 ? [...texts, shown] : texts.with(index, shown), typing: null };
    return true;
  }

  #type(words: string): void {
    if (this.#shown.typing !== words) this.#shown = { ...this.#shown, typing: words };
  }
}

/** Returns the words of a complete message as they will be committed. */
function committedWords(activity: Activity): string {
  return textDrafts(activity, () => undefined)[0]?.text ?? '';
}
