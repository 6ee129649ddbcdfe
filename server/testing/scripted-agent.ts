import type { TokenUsage } from '../../contract/results.ts';
import type { Activity } from '../answer/activity.ts';
import type { Json } from '../../workflows/definition/json.ts';
import { unlessAborted } from '../answer/unless-aborted.ts';
import { AgentFailure } from '../answer/agent-failure.ts';
import type { Agent, AgentCallOptions, AgentRequest, AnswerEnd } from '../orchestrator/ports/agent.ts';

/** An answer in short: its words, and its structure. */
export interface ScriptedReply {
  readonly text?: string;
  readonly action?: 'ask' | 'research' | 'confirm' | 'complete' | 'error';
  readonly data?: Readonly<Record<string, Json>>;
  readonly step?: string;
  /** The group of which the answer asks for another item. */
  readonly more?: string;
  readonly prompt?: string;
  readonly citations?: readonly string[];
  /** The tokens that the turn takes, as a model's endpoint would count them. */
  readonly usage?: TokenUsage;
}

/** An answer given at once, or piece by piece. */
type Said = ScriptedReply | readonly Activity[] | AsyncIterable<Activity>;

/** One answer: in short, as activities, as an error to fail with, or as a function of the request. */
export type ScriptedAnswer =
  | ScriptedReply
  | readonly Activity[]
  | Error
  | ((request: AgentRequest, options: AgentCallOptions) => Said | Promise<Said>);

/** An agent that gives a test's answers, in order, and remembers its requests. */
export class ScriptedAgent implements Agent {
  readonly name = 'scripted';
  /** Every request, oldest first. */
  readonly requests: AgentRequest[] = [];
  readonly #answers: ScriptedAnswer[];
  #opened = 0;

  constructor(answers: readonly ScriptedAnswer[] = []) {
    this.#answers = [...answers];
  }

  /** Adds answers after those that are still to be given. */
  willAnswer(...answers: readonly ScriptedAnswer[]): void {
    this.#answers.push(...answers);
  }

  open(options?: AgentCallOptions): Promise<string> {
    if (options?.signal.aborted === true) return Promise.reject(options.signal.reason as Error);
    this.#opened += 1;
    return Promise.resolve(`scripted-${this.#opened}`);
  }

  send(request: AgentRequest, options: AgentCallOptions): ReturnType<Agent['send']> {
    return this.#answer(request, options);
  }

  async *#answer(
    request: AgentRequest,
    options: AgentCallOptions,
  ): AsyncGenerator<Activity, AnswerEnd | undefined> {
    options.signal.throwIfAborted();
    this.requests.push(request);
    const answer = this.#answers.shift();
    if (answer === undefined) throw new AgentFailure('failed', 'the script has no further answer');
    if (answer instanceof Error) throw answer;
    const untilAborted = unlessAborted(options.signal);
    const said =
      typeof answer === 'function' ? await untilAborted(() => called(answer(request, options))) : answer;
    if (!isStream(said)) {
      yield* asActivities(said);
      return isActivities(said) || said.usage === undefined ? undefined : { usage: said.usage };
    }
    const stream = said[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await untilAborted(() => stream.next());
        if (next.done === true) return undefined;
        yield next.value;
      }
    } finally {
      // Not awaited: a script that hangs would hang here too.
      void stream.return?.();
    }
  }
}

async function called(said: Said | Promise<Said>): Promise<Said> {
  return said;
}

function isStream(said: Said): said is AsyncIterable<Activity> {
  return Symbol.asyncIterator in said;
}

function asActivities(answer: ScriptedReply | readonly Activity[]): readonly Activity[] {
  if (isActivities(answer)) return answer;
  const { text } = answer;
  const structure = Object.fromEntries(
    Object.entries(answer).filter(([part]) => part !== 'text' && part !== 'usage'),
  );
  return [
    {
      type: 'message',
      ...(text === undefined ? {} : { text }),
      ...(Object.keys(structure).length === 0 ? {} : { value: structure }),
    },
  ];
}

function isActivities(answer: ScriptedReply | readonly Activity[]): answer is readonly Activity[] {
  return Array.isArray(answer);
}
