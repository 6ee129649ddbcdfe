import type { Activity } from '../../../server/answer/activity.ts';
import { AgentFailure } from '../../../server/answer/agent-failure.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../../server/orchestrator/ports/agent.ts';
import { deferred } from '../../support/deferred.ts';
import { strangersIn } from './actors.ts';
import type { JournalEntry, WriteJournal } from './journal.ts';
import type { Random } from './random.ts';
import { readWords } from './turn-text.ts';
import type { Directive, Words } from './turn-text.ts';

/** The probability of each of the agent's moods, and the duration of one that outlives a lease. */
export interface AgentMoods {
  readonly weights: Readonly<Record<Mood, number>>;
  readonly longestMs: number;
}

type Mood = 'quick' | 'slow' | 'slower than a lease' | 'fails' | 'empty' | 'garbage' | 'hangs' | 'deaf';

/** The answer to an undo, which has no words, so that nobody can tell for which turn the agent was asked. */
const undone = 'undone';

type Data = Extract<JournalEntry, { type: 'agent.done' }>['data'];

interface Behaviour {
  readonly afterMs: number | 'told';
  readonly says: 'the data' | 'garbage' | 'nothing' | 'an error';
  readonly heedsTheSignal: boolean;
}

/**
 * The agent of the servers under test. Its answer follows from the words alone; its moods decide whether and when it
 * answers. It journals each call from the question to the moment at which nobody waits for the answer.
 */
export class LedgerAgent implements Agent {
  readonly name = 'ledger';
  readonly #random: Random;
  readonly #moods: AgentMoods;
  readonly #write: WriteJournal;
  readonly #instance: string;
  readonly #told = deferred<undefined>();
  #calls = 0;

  constructor(options: { random: Random; moods: AgentMoods; write: WriteJournal; instance: string }) {
    this.#random = options.random;
    this.#moods = options.moods;
    this.#write = options.write;
    this.#instance = options.instance;
  }

  /** Answers the turns whose words say that it waits to be told. */
  answer(): void {
    this.#told.resolve(undefined);
  }

  open(): Promise<string> {
    this.#calls += 1;
    return Promise.resolve(`memory-${this.#instance}-${this.#calls}`);
  }

  async *send(
    { agentConversationId, query, input, briefing }: AgentRequest,
    { identity, signal }: AgentCallOptions,
  ): AsyncIterable<Activity> {
    if (input.type === 'undo') {
      yield { type: 'message', text: undone };
      return;
    }
    const said = input.type === 'text' || input.type === 'data' ? input.text : null;
    if (said === null) throw new AgentFailure('refused', 'the ledger agent reads text alone');
    const words = readWords(said);
    const mood = this.#mood(words.directive);
    const behaviour = this.#behaviour(mood, words.directive);
    this.#calls += 1;
    const call = `call-${this.#instance}-${this.#calls}`;
    const { tenant, user } = identity;
    this.#write({
      type: 'agent.asked',
      call,
      agentConversationId,
      turnId: words.turnId,
      turnNumber: briefing.turnNumber,
      mood,
      collected: briefing.collected,
      strangers: strangersIn(`${query}${JSON.stringify(briefing.collected)}`, identity),
      tenant,
      user,
      conversationId: conversationIdOf(words),
    });
    let isDone = false;
    const done = (how: 'answered' | 'failed' | 'aborted', data: Data): void => {
      if (!isDone) this.#write({ type: 'agent.done', call, how, data });
      isDone = true;
    };
    signal.addEventListener('abort', () => done('aborted', null), { once: true });
    if (behaviour.afterMs === 'told') await this.#told.promise;
    else await wait(behaviour.afterMs, behaviour.heedsTheSignal ? signal : null);
    switch (behaviour.says) {
      case 'an error':
        done('failed', null);
        throw new AgentFailure('failed', 'in a bad mood');
      case 'nothing':
        done('failed', null);
        return;
      case 'garbage':
        done('answered', null);
        yield { type: 'message', text: call, value: { data: 'none of your business' } };
        return;
      case 'the data': {
        const data = { [words.field]: words.value };
        done('answered', data);
        yield { type: 'message', text: call, value: { data, citations: [] } };
      }
    }
  }

  #mood(directive: Directive | null): Mood | 'directed' {
    return directive === null ? this.#random.weighted(this.#moods.weights) : 'directed';
  }

  #behaviour(mood: Mood | 'directed', directive: Directive | null): Behaviour {
    const { longestMs } = this.#moods;
    const plain = { afterMs: 0, says: 'the data', heedsTheSignal: true } as const;
    switch (mood) {
      case 'directed':
        return directive === null ? plain : { ...plain, ...directed(directive) };
      case 'quick':
        return { ...plain, afterMs: this.#random.int(0, 15) };
      case 'slow':
        return { ...plain, afterMs: this.#random.int(30, 400) };
      case 'slower than a lease':
        return { ...plain, afterMs: this.#random.int(longestMs / 2, longestMs) };
      case 'fails':
        return { ...plain, says: 'an error' };
      case 'empty':
        return { ...plain, says: 'nothing' };
      case 'garbage':
        return { ...plain, says: 'garbage' };
      case 'hangs':
        return { ...plain, afterMs: 3_600_000 };
      case 'deaf':
        return { ...plain, afterMs: this.#random.int(longestMs, 2 * longestMs), heedsTheSignal: false };
    }
  }
}

function directed(directive: Directive): Partial<Behaviour> {
  switch (directive.kind) {
    case 'answer':
      return { afterMs: 0 };
    case 'answer when told':
      return { afterMs: 'told' };
    case 'fail':
      return { says: 'an error' };
  }
}

/** Reads the conversation id from the turn id, because the port does not give it to an agent. */
function conversationIdOf({ turnId }: Words): string {
  return turnId.slice(0, turnId.indexOf('.'));
}

async function wait(forMs: number, signal: AbortSignal | null): Promise<void> {
  if (forMs <= 0) return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, forMs);
    // The process must be able to exit while an agent hangs.
    timer.unref();
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new AgentFailure('ambiguous', 'nobody waits for the answer any more'));
    });
  });
}
