import { z } from 'zod';
import type { TokenUsage } from '../../contract/results.ts';
import type { CollectedFields } from '../../workflows/definition/json.ts';
import { AgentFailure } from '../answer/agent-failure.ts';
import type { AgentFailureOutcome } from '../answer/agent-failure.ts';
import { collectAnswer } from '../answer/collect-answer.ts';
import type { ReadAnswer } from '../answer/read-answer.ts';
import type { AgentInput } from '../domain/briefing.ts';
import type { Identity } from '../domain/identity.ts';
import { isTurnkeeperError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { noContext } from '../domain/conditions.ts';
import { findPosition } from '../domain/position.ts';
import { buildContextualQuery } from '../domain/query/build-contextual-query.ts';
import type { ConversationState } from '../domain/state.ts';
import type { Field, Workflow } from '../domain/workflow.ts';
import { Cancellation } from './cancellation.ts';
import type { Dependencies } from './dependencies.ts';
import { describeCause, toAgentError } from './failures.ts';
import { findChoices } from './find-choices.ts';
import type { LeasedConversation } from './leased-conversation.ts';
import type { AgentCallOptions, AgentRequest } from './ports/agent.ts';
import type { ShownTurn } from './shown-turn.ts';
import type { OpenTurn } from './turn.ts';

/** The agent's answer to one turn. */
export interface AgentAnswer extends ReadAnswer {
  /** The agent's conversation that the answer came from. */
  readonly agentConversationId: string;
  readonly agentMs: number;
  readonly usage: TokenUsage | null;
}

/**
 * Asks the agent, within the turn's time, and shows the answer while it comes. The agent is not trusted to end, to heed
 * the signal, or to stay small. The lease notes whether the agent may have heard of the turn, whatever comes of it
 * (I5).
 * @throws TurnkeeperError AGENT_TIMEOUT, AGENT_FAILED, or the reason why the lease is lost
 */
export async function askAgent(
  dependencies: Dependencies,
  turn: OpenTurn,
  lease: Pick<LeasedConversation, 'loss' | 'noteAgentMayHaveHeard'>,
  shown: ShownTurn,
): Promise<AgentAnswer> {
  const { agent, clock, observer, settings, faultPoints } = dependencies;
  const { key, turnId, userToken } = turn;
  // Composed outside the try: a fault here is the server's own, and the agent is not blamed for it, nor opened.
  const composed = composedRequest(dependencies, turn, lease);
  const began = clock.now();
  const call = new AgentCall({ identity: key, userToken, deadlineAt: began + settings.turnTimeoutMs });
  const { asking } = call;
  const cancelTimeout = clock.after(settings.turnTimeoutMs, () => {
    asking.cancel(new AgentFailure('timed-out', `no complete answer within ${settings.turnTimeoutMs} ms`));
  });
  const stopAbandoning = lease.loss.onCancelled((reason) => asking.cancel(reason));
  let isAnswered = false;
  try {
    const agentConversationId =
      turn.agentConversationId ?? readOpened(await asking.unlessCancelled(() => agent.open(call)));
    if (asking.reason !== null) throw asking.reason;
    lease.noteAgentMayHaveHeard(true);
    const answered = agent.send(composed(agentConversationId), call);
    const { answer, received, end } = await collectAnswer(answered, {
      untilAborted: (work) => asking.unlessCancelled(work),
      whenAsked: () => faultPoints.reach('agent-asked', { key, turnId }),
      show: (snapshot) => shown.show(snapshot),
    });
    isAnswered = true;
    const agentMs = clock.now() - began;
    observer.tell({ type: 'agent.answered', key, turnId, durationMs: agentMs, activities: received });
    const { agentConversationId: answeredFrom = agentConversationId, usage = null } = readEnd(end);
    return { ...answer, agentConversationId: answeredFrom, agentMs, usage };
  } catch (error) {
    const isAbandoned = lease.loss.reason !== null && error === lease.loss.reason;
    const outcome = isAbandoned ? 'abandoned' : outcomeOf(error);
    if (outcome === 'refused') lease.noteAgentMayHaveHeard(false);
    const durationMs = clock.now() - began;
    observer.tell({ type: 'agent.failed', key, turnId, durationMs, outcome, ...describeCause(error) });
    throw toAgentError(error);
  } finally {
    cancelTimeout();
    stopAbandoning();
    // The agent may still be at work: nobody wants the rest.
    if (!isAnswered) asking.cancel(new AgentFailure('failed', 'the turn is over'));
  }
}

/** One call of an agent. Only an agent that reads the signal has one made. */
class AgentCall implements AgentCallOptions {
  readonly identity: Identity;
  readonly userToken: string | null;
  readonly deadlineAt: number;
  readonly asking = new Cancellation();

  constructor({ identity, userToken, deadlineAt }: Omit<AgentCallOptions, 'signal'>) {
    this.identity = identity;
    this.userToken = userToken;
    this.deadlineAt = deadlineAt;
  }

  get signal(): AbortSignal {
    return this.asking.signal;
  }
}

/**
 * The query for an agent that reads text, and the briefing for one that reads more. The query is composed when it is
 * first read, because an agent that goes by the briefing does not read it.
 */
function composedRequest(
  dependencies: Dependencies,
  { key, workflow, state, turnNumber, agentInput, lastTurns }: OpenTurn,
  { loss }: Pick<LeasedConversation, 'loss'>,
): (agentConversationId: string) => AgentRequest {
  const { agent, ids, settings } = dependencies;
  const { collected, awaitsConfirmation } = state;
  const position = findPosition(workflow, state);
  const facts = toldFacts(workflow, state);
  const { historyTurns = 0 } = agent;
  // An agent that is given the history with every request needs no retelling.
  const retold = historyTurns === 0 ? lastTurns.slice(-limits.retoldTurns) : [];
  const compose = (): string =>
    buildContextualQuery(
      { workflow, position, collected, facts, turnNumber, retold, settled: settledBy(agentInput) },
      {
        userText: wordsOf(agentInput),
        occasion: agentInput.type === 'text' ? '' : occasionOf(agentInput),
        contextMaxChars: settings.contextMaxChars,
        newMark: () => ids.mark(),
      },
    );
  const asked = {
    input: agentInput,
    briefing: {
      workflow,
      position,
      collected,
      prefilled: prefilledIn(state),
      facts,
      awaitsConfirmation,
      turnNumber,
      choiceTitles: state.choiceTitles ?? {},
      findChoices: workflow.hasLookups
        ? (field: Field, query: string) =>
            findChoices(dependencies, field, query, { key, collected, context: state.context, loss })
        : null,
    },
    history: historyTurns === 0 ? [] : lastTurns.slice(-historyTurns),
  };
  return (agentConversationId) => new ComposedRequest(agentConversationId, asked, compose);
}

/** A getter in an object literal would cost each turn a new hidden class. */
class ComposedRequest implements AgentRequest {
  readonly agentConversationId: string;
  readonly input: AgentRequest['input'];
  readonly briefing: AgentRequest['briefing'];
  readonly history: AgentRequest['history'];
  readonly #compose: () => string;
  #query: string | null = null;

  constructor(
    agentConversationId: string,
    { input, briefing, history }: Omit<AgentRequest, 'agentConversationId' | 'query'>,
    compose: () => string,
  ) {
    this.agentConversationId = agentConversationId;
    this.input = input;
    this.briefing = briefing;
    this.history = history;
    this.#compose = compose;
  }

  get query(): string {
    this.#query ??= this.#compose();
    return this.#query;
  }
}

function prefilledIn({ sources = {} }: ConversationState): string[] {
  return Object.keys(sources).filter((field) => sources[field] === 'prefilled');
}

/** The facts that the definition lets the agent know. */
function toldFacts(workflow: Workflow, { context }: ConversationState): CollectedFields {
  if (context === undefined) return noContext;
  return Object.fromEntries(
    Object.entries(context).filter(([name]) => workflow.context.get(name)?.jsonSchema['tellAgent'] === true),
  );
}

/** The fields that the turn's own input has settled. */
function settledBy(input: AgentInput): readonly string[] {
  switch (input.type) {
    case 'text':
    case 'cardAction':
    case 'open':
      return [];
    case 'data':
      return Object.keys(input.data);
    case 'undo':
      return Object.keys(input.changed);
  }
}

function wordsOf(input: AgentInput): string | null {
  return input.type === 'text' || input.type === 'data' ? input.text : null;
}

/** The text of the query where the user said nothing. */
function occasionOf(input: Exclude<AgentInput, { readonly type: 'text' }>): string {
  switch (input.type) {
    case 'open':
      return 'The person has just arrived and has said nothing yet: speak first.';
    case 'cardAction': {
      const { name } = input.action;
      const taken = name === null ? '' : ` with its action ${JSON.stringify(name)}`;
      return `The person has submitted a card${taken}; what they entered is in the value of this activity.`;
    }
    case 'data':
      return 'The person has set the fields named above, and has said nothing: go on from there.';
    case 'undo':
      return 'The person has taken the last change back, and has said nothing: go on from where that leaves you.';
  }
}

function outcomeOf(error: unknown): AgentFailureOutcome {
  if (error instanceof AgentFailure) return error.outcome;
  // Without the user's consent there was no token, and nothing was sent.
  return isTurnkeeperError(error, 'UNAUTHENTICATED') ? 'refused' : 'failed';
}

const conversationIdSchema = z.string().min(1).max(200);
const tokens = z.int().nonnegative();
const endSchema = z.object({
  agentConversationId: conversationIdSchema.optional().catch(undefined),
  usage: z.object({ inputTokens: tokens, outputTokens: tokens }).optional().catch(undefined),
});
const saysNothing: z.infer<typeof endSchema> = {};

function readOpened(id: unknown): string {
  const parsed = conversationIdSchema.safeParse(id);
  if (parsed.success) return parsed.data;
  throw new AgentFailure('failed', 'the agent opened a conversation without a proper id');
}

/** What the agent says at the end of its answer; parts that make no sense count as not said. */
function readEnd(end: unknown): z.infer<typeof endSchema> {
  // Most agents say nothing at the end, and a failed parse costs more than the rest of it.
  if (end === undefined) return saysNothing;
  const parsed = endSchema.safeParse(end);
  return parsed.success ? parsed.data : saysNothing;
}
