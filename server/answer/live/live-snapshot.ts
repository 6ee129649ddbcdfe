import type { LiveEvent } from '../../../contract/watch-events.ts';
import { limits } from '../../domain/limits.ts';
import { addMerged } from './merge-events.ts';

/** What is shown of a running turn: all of it so far, or what has come since. */
export interface LivePart {
  readonly turnId: string;
  readonly turnNumber: number;
  readonly events: readonly LiveEvent[];
}

type Typing = Extract<LiveEvent, { readonly type: 'agent.typing' }>;
type Delta = Extract<LiveEvent, { readonly type: 'message.delta' }>;

/**
 * What was shown of the turn that runs, put together from its parts, so that who comes later can be shown it too.
 * Parts may come twice, or late, or not at all: what is new in one is told, and what does not fit is left for the next
 * part that holds all of it.
 */
export class LiveSnapshot {
  #turn: Omit<LivePart, 'events'> | null = null;
  #typing: Typing | null = null;
  readonly #texts = new Map<string, string>();
  #chars = 0;

  get turn(): Omit<LivePart, 'events'> | null {
    return this.#turn;
  }

  /** What is new in a part; `null` for one of an earlier turn. */
  take({ turnId, turnNumber, events }: LivePart): LivePart | null {
    if (this.#turn !== null && turnNumber < this.#turn.turnNumber) return null;
    if (this.#turn?.turnId !== turnId || this.#turn.turnNumber !== turnNumber) {
      this.forget();
      this.#turn = { turnId, turnNumber };
    }
    const fresh: LiveEvent[] = [];
    for (const event of events) {
      const change = event.type === 'agent.typing' ? this.#type(event) : this.#goOn(event);
      if (change !== null) addMerged(fresh, change);
    }
    return { turnId, turnNumber, events: fresh };
  }

  /** All that was shown, as one part; `null` when no turn runs. */
  whole(): LivePart | null {
    if (this.#turn === null) return null;
    const texts = [...this.#texts].map(([streamId, text]): LiveEvent => ({
      type: 'message.delta',
      streamId,
      offset: 0,
      text,
    }));
    return { ...this.#turn, events: this.#typing === null ? texts : [...texts, this.#typing] };
  }

  forget(): void {
    this.#turn = null;
    this.#typing = null;
    this.#texts.clear();
    this.#chars = 0;
  }

  #type(event: Typing): LiveEvent | null {
    if (this.#typing !== null && this.#typing.text === event.text) return null;
    this.#typing = event;
    return event;
  }

  #goOn({ streamId, offset, text }: Delta): LiveEvent | null {
    const before = this.#texts.get(streamId) ?? '';
    // Something between was missed.
    if (offset > before.length) return null;
    // A long text comes in many pieces: what only goes on is not compared with all that came before.
    const goesOn = offset === before.length;
    const after = goesOn ? before + text : before.slice(0, offset) + text;
    const chars = this.#chars - before.length + after.length;
    if (chars > limits.liveChars || (goesOn ? text === '' : after === before)) return null;
    this.#typing = null;
    this.#texts.set(streamId, after);
    this.#chars = chars;
    return !goesOn && after.startsWith(before)
      ? { type: 'message.delta', streamId, offset: before.length, text: after.slice(before.length) }
      : { type: 'message.delta', streamId, offset, text };
  }
}
