import type { Activity } from '../../../server/answer/activity.ts';
import { AgentFailure } from '../../../server/testing/index.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../../server/testing/index.ts';
import type { Json } from '../../../workflows/definition/json.ts';
import { deferred } from '../../support/deferred.ts';

/** A question that stays open until the test decides its outcome. */
export interface Question {
  readonly request: AgentRequest;
  readonly signal: AbortSignal;
  /** The user's words. */
  readonly words: string;
  readonly answer: (data?: Readonly<Record<string, Json>>) => void;
  readonly fail: () => void;
}

/** An agent that passes every question to the test, which decides the answer. */
export class AttendedAgent implements Agent {
  readonly name = 'attended';
  readonly #heedsAborts: boolean;
  /** The users' words, in the order of the questions. */
  readonly asked: string[] = [];
  #opened = 0;
  readonly #questions: Question[] = [];
  readonly #attending: ((question: Question) => void)[] = [];

  /** By default the agent ignores aborts. */
  constructor({ heedsAborts = false } = {}) {
    this.#heedsAborts = heedsAborts;
  }

  open(): Promise<string> {
    this.#opened += 1;
    return Promise.resolve(`attended-${this.#opened}`);
  }

  /** Resolves with the next question that no test has taken yet. */
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
