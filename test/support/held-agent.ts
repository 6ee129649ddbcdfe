import type { Activity } from '../../server/answer/activity.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../server/testing/index.ts';
import { deferred } from './deferred.ts';

/** A question that stays open until the test answers it. */
interface Question {
  readonly request: AgentRequest;
  readonly options: AgentCallOptions;
  readonly answer: (words?: string) => void;
}

/** An agent that reports every question to the test and answers only when the test says so; it ignores aborts. */
export class HeldAgent implements Agent {
  readonly name = 'held';
  /** The number of questions so far. */
  asked = 0;
  readonly #questions: Question[] = [];
  readonly #waiting: ((question: Question) => void)[] = [];

  open(): Promise<string> {
    return Promise.resolve('held-conversation');
  }

  /** Resolves with the next question that no test has taken yet. */
  question(): Promise<Question> {
    const question = this.#questions.shift();
    if (question !== undefined) return Promise.resolve(question);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async *send(request: AgentRequest, options: AgentCallOptions): AsyncIterable<Activity> {
    this.asked += 1;
    const { promise, resolve } = deferred<string>();
    const question = { request, options, answer: (words = 'Tell me more.') => resolve(words) };
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#questions.push(question);
    else waiting(question);
    yield { type: 'message', text: await promise };
  }
}
