import type { Activity } from '../../answer/activity.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../orchestrator/ports/agent.ts';
import { abortOnReturn } from '../abort-on-return.ts';
import { Call } from '../deadline-scope.ts';
import { bounds } from './bounds.ts';
import { Completion } from './completion.ts';
import { createEndpoint } from './endpoint.ts';
import { Pieces } from './pieces.ts';
import { readAnswer } from './read-answer.ts';
import { openEventStream, readEvents, readToEnd } from './read-events.ts';
import type { OpenAiCompatibleSettings } from './settings.ts';

const name = 'openai-compatible';

/**
 * A model behind any endpoint for chat completions, hosted or local. It keeps no conversation: every request brings the
 * rules, the last turns and the query along.
 */
export function createOpenAiCompatibleAgent(settings: OpenAiCompatibleSettings): Agent {
  const { clock, historyMaxTokens } = settings;
  const endpoint = createEndpoint(settings);
  // Null until the model has given one whole answer.
  let hidesThoughts: boolean | null = null;

  async function* answer(
    request: AgentRequest,
    callOptions: AgentCallOptions,
  ): AsyncGenerator<Activity, undefined> {
    const call = new Call(callOptions, clock);
    const { signal, deadlineAt } = call.options;
    const completion = new Completion();
    let rest: (() => Promise<void>) | null = null;
    try {
      signal.throwIfAborted();
      const { response, format } = await endpoint.ask(request, {
        signal,
        timeoutMs: deadlineAt - clock.now(),
      });
      const reader = openEventStream(response);
      const pieces = new Pieces(`turn-${request.briefing.turnNumber}`, hidesThoughts !== false);
      // The model has begun, though a reasoning one may not speak for long.
      yield { type: 'typing' };
      for await (const event of readEvents(reader)) {
        completion.add(event);
        const piece = pieces.next(completion.content);
        if (piece !== null) yield piece;
        if (completion.isFinished) break;
      }
      if (completion.isFinished) rest = () => readToEnd(reader);
      completion.check();
      hidesThoughts = hidesThoughts === true || completion.hidThoughts;
      const entities = pieces.finalEntities();
      const message = readAnswer(completion.text, completion.isRefusal ? null : format);
      yield { ...message, ...(entities.length === 0 ? {} : { entities }) };
    } catch (error) {
      call.fail(error);
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
