import { z } from 'zod';
import { isTurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { toAgentError } from './agent-error.ts';
import { collectAnswer } from '../answer/collect-answer.ts';
import type { ReadAnswer } from '../answer/read-answer.ts';
import type { Dependencies } from './dependencies.ts';
import { describeCause } from './describe-cause.ts';
import { AgentFailure } from '../answer/agent-failure.ts';
import type { AgentRequest } from './ports/agent.ts';
import type { AgentFailureOutcome } from '../answer/agent-failure.ts';
import { showLive } from './show-live.ts';
import { unlessAborted } from '../answer/unless-aborted.ts';

interface Asking {
  readonly key: ConversationKey;
  readonly turnId: string;
  /** The caller's own access token, for an agent that is asked in the user's name; `null` where there is none. */
  readonly userToken: string | null;
  /** `null` when an agent conversation has to be opened first. */
  readonly agentConversationId: string | null;
  readonly request: Omit<AgentRequest, 'agentConversationId'>;
  /** Aborts when the lease is lost. */
  readonly signal: AbortSignal;
  /** Told whether the agent may have heard of the turn, whatever comes of it. */
  readonly noteAgentMayHaveHeard: (mayHaveHeard: boolean) => void;
}

interface Answer extends ReadAnswer {
  /** The conversation that the answer came from. */
  readonly agentConversationId: string;
  readonly agentMs: number;
}

/**
 * Asks the agent, within the turn's time. It is not trusted to end, to heed the signal, or to stay small.
 * @throws TurnkeeperError AGENT_TIMEOUT, AGENT_FAILED, or the reason of the signal that aborted
 */
export async function askAgent(dependencies: Dependencies, asking: Asking): Promise<Answer> {
  const { agent, clock, observer, settings, faultPoints } = dependencies;
  const { key, turnId, userToken, noteAgentMayHaveHeard } = asking;
  const began = clock.now();
  const timeout = new AbortController();
  const cancelTimeout = clock.after(settings.turnTimeoutMs, () => {
    timeout.abort(new AgentFailure('timed-out', `no complete answer within ${settings.turnTimeoutMs} ms`));
  });
  const signal = AbortSignal.any([timeout.signal, asking.signal]);
  const options = { identity: key, userToken, signal, deadlineAt: began + settings.turnTimeoutMs };
  const untilAborted = unlessAborted(signal);
  try {
    const asked = asking.agentConversationId ?? readOpened(await untilAborted(() => agent.open(options)));
    const request = { ...asking.request, agentConversationId: asked };
    signal.throwIfAborted();
    noteAgentMayHaveHeard(true);
    const whenAsked = () => faultPoints.reach('agent-asked', { key, turnId });
    const show = showLive(dependencies, { key, turnId, turnNumber: request.briefing.turnNumber });
    const activities = agent.send(request, options);
    const { answer, received, end } = await collectAnswer(activities, {
      untilAborted,
      whenAsked,
      show,
    });
    const agentMs = clock.now() - began;
    observer.tell({
      type: 'agent.answered',
      key,
      turnId,
      durationMs: agentMs,
      activities: received,
    });
    return { agentConversationId: readEnd(end) ?? asked, ...answer, agentMs };
  } catch (error) {
    const isAbandoned = asking.signal.aborted && error === asking.signal.reason;
    const outcome = isAbandoned ? 'abandoned' : outcomeOf(error);
    if (outcome === 'refused') noteAgentMayHaveHeard(false);
    const durationMs = clock.now() - began;
    observer.tell({
      type: 'agent.failed',
      key,
      turnId,
      durationMs,
      outcome,
      ...describeCause(error),
    });
    throw toAgentError(error);
  } finally {
    cancelTimeout();
    // Whatever the agent is still doing is for nothing now.
    timeout.abort(new AgentFailure('failed', 'the turn is over'));
  }
}

function outcomeOf(error: unknown): AgentFailureOutcome {
  if (error instanceof AgentFailure) return error.outcome;
  // Without the user's consent there was no token, and nothing was sent.
  return isTurnkeeperError(error, 'UNAUTHENTICATED') ? 'refused' : 'failed';
}

const conversationIdSchema = z.string().min(1).max(200);
const endSchema = z.object({ agentConversationId: conversationIdSchema });

function readOpened(id: unknown): string {
  const parsed = conversationIdSchema.safeParse(id);
  if (parsed.success) return parsed.data;
  throw new AgentFailure('failed', 'the agent opened a conversation without a proper id');
}

/** The conversation that the agent says it answered from, where it says so. */
function readEnd(end: unknown): string | null {
  const parsed = endSchema.safeParse(end);
  return parsed.success ? parsed.data.agentConversationId : null;
}
