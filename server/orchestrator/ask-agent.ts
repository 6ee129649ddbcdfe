import { activitySchema } from '../domain/activity.ts';
import type { Activity } from '../domain/activity.ts';
import { TurnkeeperError, isTurnkeeperError } from '../domain/errors.ts';
import type { ConversationKey } from '../domain/identity.ts';
import { limits } from '../domain/limits.ts';
import type { Dependencies } from './dependencies.ts';
import { describeCause } from './describe-cause.ts';
import { AgentFailure } from './ports/agent.ts';
import type { AgentRequest } from './ports/agent.ts';

interface Asking {
  readonly key: ConversationKey;
  readonly turnId: string;
  /** `null` when an agent conversation has to be opened first. */
  readonly agentConversationId: string | null;
  readonly request: Omit<AgentRequest, 'agentConversationId'>;
  /** Aborts when the lease is lost. */
  readonly signal: AbortSignal;
  /** Told whether the agent may have heard of the turn, whatever comes of it. */
  readonly noteAgentMayHaveHeard: (mayHaveHeard: boolean) => void;
}

interface Answer {
  readonly agentConversationId: string;
  readonly activities: readonly Activity[];
  readonly agentMs: number;
}

/**
 * Asks the agent, within the turn's time. It is not trusted to end, to heed the signal, or to stay small.
 * @throws TurnkeeperError AGENT_TIMEOUT, AGENT_FAILED, or the reason of the signal that aborted
 */
export async function askAgent(dependencies: Dependencies, asking: Asking): Promise<Answer> {
  const { agent, clock, observer, settings, faultPoints } = dependencies;
  const { key, turnId, noteAgentMayHaveHeard } = asking;
  const began = clock.now();
  const timeout = new AbortController();
  const cancelTimeout = clock.after(settings.turnTimeoutMs, () => {
    timeout.abort(new AgentFailure('timed-out', `no complete answer within ${settings.turnTimeoutMs} ms`));
  });
  const signal = AbortSignal.any([timeout.signal, asking.signal]);
  const options = { identity: key, signal, deadlineAt: began + settings.turnTimeoutMs };
  const untilAborted = unlessAborted(signal);
  try {
    const agentConversationId =
      asking.agentConversationId ?? readConversationId(await untilAborted(() => agent.open(options)));
    const request = { ...asking.request, agentConversationId };
    signal.throwIfAborted();
    noteAgentMayHaveHeard(true);
    const whenAsked = () => faultPoints.reach('agent-asked', { key, turnId });
    const activities = await collect(agent.send(request, options), untilAborted, whenAsked);
    const agentMs = clock.now() - began;
    observer.tell({
      type: 'agent.answered',
      key,
      turnId,
      durationMs: agentMs,
      activities: activities.length,
    });
    return { agentConversationId, activities, agentMs };
  } catch (error) {
    if (error instanceof AgentFailure && error.outcome === 'refused') noteAgentMayHaveHeard(false);
    const outcome =
      error instanceof AgentFailure ? error.outcome : error === asking.signal.reason ? 'abandoned' : 'failed';
    const durationMs = clock.now() - began;
    observer.tell({
      type: 'agent.failed',
      key,
      turnId,
      durationMs,
      outcome,
      ...describeCause(error),
    });
    throw toTurnkeeperError(error);
  } finally {
    cancelTimeout();
    // Whatever the agent is still doing is for nothing now.
    timeout.abort(new AgentFailure('failed', 'the turn is over'));
  }
}

type UntilAborted = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Runs work that may ignore the signal, and stops waiting for it when the signal aborts. */
function unlessAborted(signal: AbortSignal): UntilAborted {
  const aborted = new Promise<never>((_resolve, reject) => {
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
  aborted.catch(() => undefined);
  return async (work) => {
    // Nobody is asked for an answer that nobody wants any more.
    signal.throwIfAborted();
    return Promise.race([aborted, work()]);
  };
}

async function collect(
  answer: AsyncIterable<Activity>,
  untilAborted: UntilAborted,
  whenAsked: () => unknown,
): Promise<Activity[]> {
  const iterator = answer[Symbol.asyncIterator]();
  const activities: Activity[] = [];
  let chars = 0;
  let isComplete = false;
  try {
    // The agent is asked by the first call for what it says.
    let coming = untilAborted(() => iterator.next());
    coming.catch(() => undefined);
    await whenAsked();
    for (;;) {
      const next = await coming;
      if (next.done === true) break;
      const { activity, size } = readActivity(next.value);
      activities.push(activity);
      chars += size;
      if (activities.length > limits.answerActivities || chars > limits.answerChars) {
        throw new AgentFailure('failed', 'the answer is too large');
      }
      coming = untilAborted(() => iterator.next());
    }
    isComplete = true;
  } finally {
    // Not awaited: an agent that hangs would hang here too.
    if (!isComplete) void iterator.return?.().catch(() => undefined);
  }
  if (activities.length === 0) throw new AgentFailure('empty', 'the answer is empty');
  return activities;
}

/** Takes an activity over as what its JSON says, so that nothing live of the agent's stays in our hands. */
function readActivity(value: unknown): { activity: Activity; size: number } {
  try {
    const text = JSON.stringify(value);
    return { activity: activitySchema.parse(JSON.parse(text)), size: text.length };
  } catch (cause) {
    throw new AgentFailure('failed', 'the answer holds something that is not an activity', { cause });
  }
}

function toTurnkeeperError(error: unknown): TurnkeeperError {
  if (isTurnkeeperError(error)) return error;
  const isTimeout = error instanceof AgentFailure && error.outcome === 'timed-out';
  const retryAfterMs = error instanceof AgentFailure ? error.retryAfterMs : undefined;
  return new TurnkeeperError(
    isTimeout ? 'AGENT_TIMEOUT' : 'AGENT_FAILED',
    isTimeout
      ? 'The agent did not answer in time. Nothing of this turn was stored; send it again.'
      : 'The agent could not answer. Nothing of this turn was stored; send it again.',
    { cause: error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  );
}

const longestConversationId = 200;

function readConversationId(id: unknown): string {
  if (typeof id === 'string' && id !== '' && id.length <= longestConversationId) return id;
  throw new AgentFailure('failed', 'the agent opened a conversation without a proper id');
}
