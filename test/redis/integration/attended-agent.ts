import type { Activity } from '../../../server/answer/activity.ts';
import { AgentFailure } from '../../../server/testing/index.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../../server/testing/index.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import { deferred } from '../../support/deferred.ts';

/** What the agent is thinking about until the test says what comes of it. */
export interface Question {
  readonly request: AgentRequest;
  readonly signal: AbortSignal;
  /** What the user said. */
  readonly words: string;
  readonly answer: (data?: Readonly<Record<string, Json>>) => void;
  readonly fail: () => void;
}

/** An agent that shows the test every question, and does what it is told. */
export class AttendedAgent implements Agent {
  readonly name = 'attended';
  readonly #heedsAborts: boolean;
  /** What the users said, in the order in which it was asked. */
  readonly asked: string[] = [];
  #opened = 0;
  readonly #questions: Question[] = [];
  readonly #attending: ((question: Question) => void)[] = [];

  /** By default it thinks on, whatever is aborted meanwhile. */
  constructor({ heedsAborts = false } = {}) {
    this.#heedsAborts = heedsAborts;
  }

  open(): Promise<string> {
    this.#opened += 1;
    return Promise.resolve(`attended-${this.#opened}`);
  }

  /** The next question that nobody has taken yet, as soon as there is one. */
  question(): Promise<Question> {
    const question = this.#questions.shift();
    if (question !== undefined) return Promise.resolve(question);
    return new Promise((resolve) => this.#attending.push(resolve));
  }

  /** Answers every question from here on at once. */
  async answerAll(): Promise<never> {
    for (;;) (await this.question()).answer();
  }

  async *send(request: AgentRequest, { signal }: AgentCallOptions): AsyncIterable<Activity> {
    const words = request.input.type === 'text' ? request.input.text : request.input.type;
    this.asked.push(words);
    const { promise, resolve } = deferred<Activity | AgentFailure>();
    const question: Question = {
      ...{ request, signal, words },
      answer: (data) =>
        resolve({ type: 'message', text: 'Noted.', ...(data === undefined ? {} : { value: { data } }) }),
      fail: () => resolve(new AgentFailure('failed', 'told to')),
    };
    const attending = this.#attending.shift();
    if (attending === undefined) this.#questions.push(question);
    else attending(question);
    const outcome = await (this.#heedsAborts ? Promise.race([promise, aborted(signal)]) : promise);
    if (outcome instanceof AgentFailure) throw outcome;
    yield outcome;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
