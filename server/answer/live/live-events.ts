import type { LiveEvent } from '../../../contract/watch-events.ts';
import type { Activity } from '../activity.ts';
import { textDrafts } from '../normalize/text-drafts.ts';
import { cut, withoutStructure } from '../text/visible-text.ts';
import { GrowingVisibleText } from '../text/growing-visible-text.ts';
import type { TextChange } from './streamed-text.ts';
import type { StreamEvent } from './streamed-texts.ts';

const longestTypingText = 500;
const typing: LiveEvent = { type: 'agent.typing' };

interface ShownText {
  growing: GrowingVisibleText;
  shown: string;
}

/** Turns an answer's activities into what is shown of them live, one by one. */
export class LiveEvents {
  readonly #texts = new Map<string, ShownText>();
  #messages = 0;

  /** The event of one activity of those meant for the person, with what it did to its stream. */
  eventOf(activity: Activity, streamEvent: StreamEvent | null): LiveEvent | null {
    switch (streamEvent?.kind) {
      case 'text':
        return this.#change(streamEvent.streamId, streamEvent.change) ?? typing;
      case 'surplus':
        return typing;
      case 'informative':
        return typingWith(streamEvent.text);
      case 'final':
        return this.#show(streamEvent.streamId, streamEvent.text === null ? '' : wordsOf(activity));
      case undefined:
        return this.#eventOfWhole(activity);
    }
  }

  #eventOfWhole(activity: Activity): LiveEvent | null {
    if (activity.type === 'typing') return typing;
    if (activity.type !== 'message') return null;
    this.#messages += 1;
    return this.#show(`message-${this.#messages}`, wordsOf(activity));
  }

  #change(streamId: string, change: TextChange): LiveEvent | null {
    const text = this.#textOf(streamId);
    switch (change.kind) {
      case 'none':
        return null;
      case 'grown': {
        const { growing } = text;
        const before = growing.timesTakenBack;
        const by = growing.append(change.by);
        return growing.timesTakenBack === before
          ? this.#goOn(text, { streamId, by })
          : this.#show(streamId, by);
      }
      case 'replaced':
        text.growing = new GrowingVisibleText();
        return this.#show(streamId, text.growing.append(change.text));
    }
  }

  // Not by comparing all of it, as #show does: a long text comes in many pieces.
  #goOn(text: ShownText, { streamId, by }: { streamId: string; by: string }): LiveEvent | null {
    if (by === '') return null;
    const offset = text.shown.length;
    text.shown += by;
    return { type: 'message.delta', streamId, offset, text: by };
  }

  /** The difference between what is shown of a text and what is to be. */
  #show(streamId: string, visible: string): LiveEvent | null {
    const text = this.#textOf(streamId);
    const { shown } = text;
    if (visible === shown) return null;
    text.shown = visible;
    const offset = visible.startsWith(shown) ? shown.length : 0;
    return { type: 'message.delta', streamId, offset, text: visible.slice(offset) };
  }

  #textOf(streamId: string): ShownText {
    const text = this.#texts.get(streamId) ?? { growing: new GrowingVisibleText(), shown: '' };
    this.#texts.set(streamId, text);
    return text;
  }
}

/** The words of a complete message, as they will be committed. */
function wordsOf(activity: Activity): string {
  return textDrafts(activity, () => undefined)[0]?.text ?? '';
}

function typingWith(text: string): LiveEvent {
  const visible = cut(withoutStructure(text), longestTypingText);
  return visible === '' ? typing : { type: 'agent.typing', text: visible };
}
