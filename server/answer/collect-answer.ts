/**
 * An agent's answer while it comes.
 *
 * The job: ask once, copy each activity as plain data, show what is visible so far, and return the whole as a read
 * answer. The boundary: the agent's iterable on one side, `ReadAnswer` on the other; it knows no workflow, turn or
 * store. It keeps that
 * - the agent need not be trusted to end, to heed the signal or to stay small: `limits` bound the answer, and the wait
 *   for the agent ends with the signal;
 * - the event loop turns while a long answer is read, so that deadlines hold (I11);
 * - an incomplete answer is discarded as a whole (I5); the agent is told to stop, and not awaited.
 */
import { limits } from '../domain/limits.ts';
import { readActivity } from './activity.ts';
import type { Activity } from './activity.ts';
import { AgentFailure } from './agent-failure.ts';
import type { LiveSnapshot } from './live-answer.ts';
import { AnswerReader } from './read-answer.ts';
import type { ReadAnswer } from './read-answer.ts';
import type { UnlessAborted } from './unless-aborted.ts';

interface Collecting {
  readonly untilAborted: UnlessAborted;
  /** Called once the agent is asked, before its answer is awaited. */
  readonly whenAsked: () => unknown;
  /** Called with everything that is shown so far, after each activity that changed it. */
  readonly show: (shown: LiveSnapshot) => void;
}

export interface CollectedAnswer {
  readonly answer: ReadAnswer;
  /** Activities that came, those that say nothing included. */
  readonly received: number;
  /** The agent's own last word once the answer was complete: not checked. */
  readonly end: unknown;
}

/** @throws AgentFailure; the reason of the signal that aborted; whatever the agent throws */
export async function collectAnswer(
  activities: AsyncIterable<Activity, unknown>,
  { untilAborted, whenAsked, show }: Collecting,
): Promise<CollectedAnswer> {
  const iterator = activities[Symbol.asyncIterator]();
  const buffer = new AnswerBuffer();
  const pauses = new EventLoopPauses();
  let isComplete = false;
  try {
    // The first call of `next` asks the agent.
    let coming = untilAborted(() => iterator.next());
    coming.catch(() => undefined);
    await whenAsked();
    for (;;) {
      const next = await coming;
      if (next.done === true) {
        isComplete = true;
        return { answer: buffer.complete(), received: buffer.received, end: next.value };
      }
      const { shown } = buffer;
      const chars = buffer.take(next.value);
      if (buffer.shown !== shown) show(buffer.shown);
      await pauses.after(chars);
      coming = untilAborted(() => iterator.next());
    }
  } finally {
    if (!isComplete) stopAgent(iterator);
  }
}

/** Tells the agent to stop. It is not awaited, because an agent that hangs would hang here too. */
function stopAgent(iterator: AsyncIterator<Activity, unknown>): void {
  new Promise((resolve) => resolve(iterator.return?.())).catch(() => undefined);
}

/** An answer while it comes, within its bounds and without any object of the agent's. */
export class AnswerBuffer {
  readonly #reader = new AnswerReader();
  readonly #issues = new Set<string>();
  #received = 0;
  #chars = 0;

  /** Activities that have come. */
  get received(): number {
    return this.#received;
  }

  get shown(): LiveSnapshot {
    return this.#reader.shown;
  }

  /**
   * Takes an activity, and returns how many characters of JSON were read.
   * @throws AgentFailure `failed` when the answer becomes too large
   */
  take(value: unknown): number {
    const { activity, chars, issue } = readActivity(value);
    this.#received += 1;
    this.#chars += chars;
    if (this.#received > limits.answerActivities || this.#chars > limits.answerChars) {
      throw new AgentFailure('failed', 'the answer is too large');
    }
    if (issue !== null) this.#issues.add(issue);
    if (activity !== null) this.#reader.take(activity);
    return chars;
  }

  /** @throws AgentFailure `empty` when it says nothing to anybody, `failed` when nothing of it could be read */
  complete(): ReadAnswer {
    const answer = this.#reader.read(this.#issues);
    if (!this.#reader.isEmpty) return answer;
    if (answer.issues.length > 0) throw new AgentFailure('failed', 'nothing of the answer could be read');
    throw new AgentFailure('empty', 'the answer is empty');
  }
}

const activitiesPerPause = 32;
const charsPerPause = 250_000;

/**
 * Lets the event loop turn after every few activities. Without that, no timer fires while an answer that has already
 * arrived is read, the deadline's included.
 */
class EventLoopPauses {
  #activities = 0;
  #chars = 0;

  async after(chars: number): Promise<void> {
    this.#activities += 1;
    this.#chars += chars;
    if (this.#activities < activitiesPerPause && this.#chars < charsPerPause) return;
    this.#activities = 0;
    this.#chars = 0;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
