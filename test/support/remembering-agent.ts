import type { Activity } from '../../server/answer/activity.ts';
import { AgentFailure } from '../../server/testing/index.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../server/testing/index.ts';
import { deferred } from './deferred.ts';

type Send = (request: AgentRequest, options: AgentCallOptions) => AsyncIterable<Activity>;

const refuse = Symbol('refuse');

/** Returns a turn's topic, as the agent remembers it. */
function topicOf({ input }: AgentRequest): string {
  return input.type === 'text' ? input.text : input.type;
}

/** An agent that remembers all it ever heard, by conversation, as real agents do. */
export class RememberingAgent implements Agent {
  readonly name = 'remembering';
  /** The topics heard in each of its conversations, in order. */
  readonly heard = new Map<string, string[]>();
  readonly requests: AgentRequest[] = [];
  /** Called with each topic as the agent hears it. */
  onHeard: (conversation: string, topic: string) => void = () => undefined;
  /** The agent's next answer in place of a good one, once. */
  #nextSend: Send | typeof refuse | null = null;
  #nextOpen: (() => Promise<string>) | null = null;
  #opened = 0;
  readonly #prefix: string;

  constructor(prefix = 'conversation') {
    this.#prefix = prefix;
  }

  open(): Promise<string> {
    const spoiled = this.#nextOpen;
    this.#nextOpen = null;
    if (spoiled !== null) return spoiled();
    this.#opened += 1;
    return Promise.resolve(`${this.#prefix}-${this.#opened}`);
  }

  async *send(request: AgentRequest, options: AgentCallOptions): AsyncIterable<Activity> {
    const spoiled = this.#nextSend;
    this.#nextSend = null;
    if (spoiled === refuse) throw new AgentFailure('refused', 'too many requests');
    this.requests.push(request);
    this.#remember(request.agentConversationId, topicOf(request));
    if (spoiled !== null) yield* spoiled(request, options);
    else yield { type: 'message', text: `About ${topicOf(request)}.` };
  }

  #remember(conversation: string, topic: string): void {
    const heard = this.heard.get(conversation) ?? [];
    this.heard.set(conversation, [...heard, topic]);
    this.onHeard(conversation, topic);
  }

  /** Makes the agent refuse the next question without hearing it. */
  willRefuse(): void {
    this.#nextSend = refuse;
  }

  willSend(send: Send): void {
    this.#nextSend = send;
  }

  willOpen(open: () => Promise<string>): void {
    this.#nextOpen = open;
  }

  /** Makes the agent wait with the next answer until the test releases it. */
  willThink() {
    const asked = deferred();
    const answered = deferred();
    this.#nextSend = async function* (request) {
      asked.resolve();
      await answered.promise;
      yield { type: 'message', text: `About ${topicOf(request)}, at last.` };
    };
    return { asked: asked.promise, answer: () => answered.resolve() };
  }

  /** The conversation of the last question. */
  get last(): { readonly conversation: string; readonly heard: readonly string[]; readonly query: string } {
    const { agentConversationId: conversation = '', query = '' } = this.requests.at(-1) ?? {};
    return { conversation, heard: this.heard.get(conversation) ?? [], query };
  }
}
