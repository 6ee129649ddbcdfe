import type { Activity } from '../../answer/activity.ts';
import type { Agent, AgentCallOptions, AgentRequest, AnswerEnd } from '../../orchestrator/ports/agent.ts';
import { abortOnReturn, DeadlineScope } from '../deadline-scope.ts';
import { bounds } from './settings.ts';
import { Completion } from './completion.ts';
import { Endpoint } from './endpoint.ts';
import { Pieces } from './visible-prompt.ts';
import { toMessage } from './to-message.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import { openEventStream, readEvents, readToEnd } from './read-events.ts';
import type { CompletionEvent } from './read-events.ts';
import type { OpenAiCompatibleSettings } from './settings.ts';

const name = 'openai-compatible';

/**
 * An agent for any endpoint of chat completions, hosted or local. It keeps no conversation: every request carries the
 * rules, the last turns and the query.
 */
export function createOpenAiCompatibleAgent(settings: OpenAiCompatibleSettings): Agent {
  const { clock, historyMaxTokens } = settings;
  const endpoint = new Endpoint(settings);
  // It is null until the model has given one whole answer.
  let hidesThoughts: boolean | null = null;

  async function* answer(
    request: AgentRequest,
    callOptions: AgentCallOptions,
  ): AsyncGenerator<Activity, AnswerEnd | undefined> {
    const call = new DeadlineScope(callOptions, clock);
    const { signal } = call.options;
    const completion = new Completion();
    let rest: (() => Promise<void>) | null = null;
    try {
      signal.throwIfAborted();
      const { response, format } = await endpoint.ask(request, signal);
      const reader = openEventStream(response);
      const pieces = new Pieces(`turn-${request.briefing.turnNumber}`, hidesThoughts !== false);
      // This activity is a sign of life: a reasoning model may say nothing for a long time.
      yield { type: 'typing' };
      const events = readEvents(reader);
      // Not by `for await`, which would end the reading with the answer: the usage follows it.
      while (!completion.isFinished) {
        const next = await events.next();
        if (next.done === true) break;
        completion.add(next.value);
        const piece = pieces.next(completion.content);
        if (piece !== null) yield piece;
      }
      if (completion.isFinished) rest = () => readToEnd(reader);
      completion.check();
      hidesThoughts = hidesThoughts === true || completion.hidThoughts;
      if (completion.lacksUsage)
        await awaitUsage(events, completion, { clock, deadlineAt: callOptions.deadlineAt });
      const entities = pieces.finalEntities();
      const message = toMessage(completion.text, completion.isRefusal ? null : format);
      yield { ...message, ...(entities.length === 0 ? {} : { entities }) };
      const { usage } = completion;
      return usage === null ? undefined : { usage };
    } catch (error) {
      return call.fail(error);
    } finally {
      if (rest === null) call.end();
      else call.endAfter(rest(), bounds.lingerMs);
    }
  }

  return {
    name,
    historyTurns: historyMaxTokens > 0 ? bounds.historyTurns : 0,
    async open(options) {
      options.signal.throwIfAborted();
      return Promise.resolve(name);
    },
    send: (request, options) =>
      abortOnReturn(options.signal, (signal) => answer(request, { ...options, signal })),
  };
}

interface UsageWait {
  readonly clock: Clock;
  readonly deadlineAt: number;
}

/** Reads on until the endpoint has told the usage of a whole answer, has ended, or its time is up. Never throws. */
async function awaitUsage(
  events: AsyncGenerator<CompletionEvent, void>,
  completion: Completion,
  { clock, deadlineAt }: UsageWait,
): Promise<void> {
  // An answer that came shortly before the deadline must still be in time.
  const longestMs = Math.min(bounds.usageMs, Math.max(0, deadlineAt - clock.now()) / 2);
  const reading = readUsage(events, completion);
  await new Promise<void>((resolve) => {
    const cancel = clock.after(longestMs, resolve);
    void reading.finally(() => {
      cancel();
      resolve();
    });
  });
}

async function readUsage(
  events: AsyncGenerator<CompletionEvent, void>,
  completion: Completion,
): Promise<void> {
  try {
    for await (const event of events) if (!completion.addAfterEnd(event)) return;
  } catch {
    // The answer is complete without it.
  }
}
