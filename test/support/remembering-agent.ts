import type { Activity } from '../../server/answer/activity.ts';
import { AgentFailure } from '../../server/testing/index.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../server/testing/index.ts';
import { deferred } from './deferred.ts';

type Send = (request: AgentRequest, options: AgentCallOptions) => AsyncIterable<Activity>;

const refuse = Symbol('refuse');

/** What a turn is about, in the agent's memory. */
function topicOf({ input }: AgentRequest): string {
  return input.type === 'text' ? input.text : input.type;
}

/** An agent that remembers all it ever heard, one conversation at a time, as real ones do. */
export class RememberingAgent implements Agent {
  readonly name = 'remembering';
  /** What it heard in each of its conversations, in order. */
  readonly heard = new Map<string, string[]>();
  readonly requests: AgentRequest[] = [];
  /** Told of what is heard, as it is heard. */
  onHeard: (conversation: string, topic: string) => void = () => undefined;
  /** What it does next in place of a good answer, once. */
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

  /** Refuses the next question: it never heard of it. */
  willRefuse(): void {
    this.#nextSend = refuse;
  }

  willSend(send: Send): void {
    this.#nextSend = send;
  }

  willOpen(open: () => Promise<string>): void {
    this.#nextOpen = open;
  }

  /** Thinks about the next question until the test says so. */
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

  /** The conversation that it was asked in last. */
  get last(): { readonly conversation: string; readonly heard: readonly string[]; readonly query: string } {
    const { agentConversationId: conversation = '', query = '' } = this.requests.at(-1) ?? {};
    return { conversation, heard: this.heard.get(conversation) ?? [], query };
  }
}
