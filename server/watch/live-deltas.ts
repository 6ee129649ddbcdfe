import type { LiveEvent } from '../../contract/watch-events.ts';
import type { LiveSnapshot } from '../answer/live-answer.ts';
import { nothingShown } from '../answer/live-answer.ts';

/**
 * Makes the deltas that one watcher is shown of one running turn. Servers tell each other the whole text so far, so
 * this is the only place that compares it with the text before. Snapshots may be missed or come twice.
 */
export class LiveDeltas {
  #told: LiveSnapshot = nothingShown;

  /** Returns the events that lead from the last snapshot to `shown`. */
  to(shown: LiveSnapshot): LiveEvent[] {
    const told = this.#told;
    this.#told = shown;
    const before = new Map(told.texts.map(({ streamId, text }) => [streamId, text]));
    const events = shown.texts.flatMap(({ streamId, text }): LiveEvent[] => {
      const known = before.get(streamId) ?? '';
      if (text === known) return [];
      const offset = text.startsWith(known) ? known.length : 0;
      return [{ type: 'message.delta', streamId, offset, text: text.slice(offset) }];
    });
    // A delta ends the words about the work, so the same words count again after it.
    const isNews = shown.typing !== null && (events.length > 0 || shown.typing !== told.typing);
    return isNews ? [...events, typingEvent(shown.typing)] : events;
  }
}

function typingEvent(words: string): LiveEvent {
  return words === '' ? { type: 'agent.typing' } : { type: 'agent.typing', text: words };
}
