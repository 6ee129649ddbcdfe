import type { LiveEvent } from '../../contract/watch-events.ts';
import type { Activity } from './activity.ts';
import { AnswerBuffer } from './answer-buffer.ts';
import type { UnlessAborted } from './unless-aborted.ts';

interface Collecting {
  readonly untilAborted: UnlessAborted;
  /** Called once the agent is asked, before its answer is waited for. */
  readonly whenAsked: () => unknown;
  readonly show: (event: LiveEvent) => void;
}

export interface CollectedAnswer {
  readonly activities: readonly Activity[];
  /** What could not be read of it. */
  readonly issues: readonly string[];
  /** How many activities came, those that were not kept included. */
  readonly received: number;
  /** What the agent said once it was complete: not checked. */
  readonly end: unknown;
}

/**
 * Takes in an agent's answer as it comes. The agent is not trusted to end, to heed the signal, or to stay small.
 * @throws AgentFailure; the reason of the signal that aborted; whatever the agent throws
 */
export async function collectAnswer(
  answer: AsyncIterable<Activity, unknown>,
  { untilAborted, whenAsked, show }: Collecting,
): Promise<CollectedAnswer> {
  const iterator = answer[Symbol.asyncIterator]();
  const soFar = new AnswerBuffer();
  const breaths = new Breaths();
  let isComplete = false;
  try {
    // The agent is asked by the first call for what it says.
    let coming = untilAborted(() => iterator.next());
    coming.catch(() => undefined);
    await whenAsked();
    for (;;) {
      const next = await coming;
      if (next.done === true) {
        isComplete = true;
        return {
          activities: soFar.complete(),
          issues: soFar.issues,
          received: soFar.received,
          end: next.value,
        };
      }
      const { liveEvent, chars } = soFar.take(next.value);
      if (liveEvent !== null) show(liveEvent);
      await breaths.after(chars);
      coming = untilAborted(() => iterator.next());
    }
  } finally {
    if (!isComplete) letGo(iterator);
  }
}

/** Not awaited: an agent that hangs would hang here too. */
function letGo(iterator: AsyncIterator<Activity, unknown>): void {
  new Promise((resolve) => resolve(iterator.return?.())).catch(() => undefined);
}

const activitiesPerBreath = 32;
const charsPerBreath = 250_000;

/**
 * Lets others have their turn now and then. An answer that is there already comes without the event loop ever turning:
 * no timer, the deadline's included, would go off.
 */
class Breaths {
  #activities = 0;
  #chars = 0;

  async after(chars: number): Promise<void> {
    this.#activities += 1;
    this.#chars += chars;
    if (this.#activities < activitiesPerBreath && this.#chars < charsPerBreath) return;
    this.#activities = 0;
    this.#chars = 0;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
