import type { Activity } from '../../domain/activity.ts';
import { AgentFailure } from '../../orchestrator/ports/agent.ts';
import type { Agent, AgentCallOptions, AgentRequest } from '../../orchestrator/ports/agent.ts';
import { bounds } from './bounds.ts';
import { Call } from './call.ts';
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

  async function* answer(
    request: AgentRequest,
    { signal, deadlineAt }: AgentCallOptions,
    abandoned: AbortSignal,
  ): AsyncGenerator<Activity, void> {
    const call = new Call({ signals: [signal, abandoned], deadlineAt }, clock);
    const completion = new Completion();
    let rest: (() => Promise<void>) | null = null;
    try {
      call.signal.throwIfAborted();
      const { response, format } = await endpoint.ask(request, {
        signal: call.signal,
        timeoutMs: deadlineAt - clock.now(),
      });
      const reader = openEventStream(response);
      const pieces = new Pieces(`turn-${request.briefing.turnNumber}`);
      // The model has begun, though a reasoning one may not speak for long.
      yield { type: 'typing' };
      for await (const data of readEvents(reader)) {
        if (data.startsWith('[DONE]')) break;
        completion.add(data);
        const piece = pieces.next(completion.content);
        if (piece !== null) yield piece;
        if (completion.isFinished) break;
      }
      if (completion.isFinished) rest = () => readToEnd(reader);
      completion.check();
      const entities = pieces.finalEntities();
      const message = readAnswer(completion.text, completion.isRefusal ? null : format);
      yield { ...message, ...(entities.length === 0 ? {} : { entities }) };
    } catch (error) {
      throw call.signal.aborted ? call.reason : error;
    } finally {
      if (rest === null) call.end();
      else call.endAfter(rest());
    }
  }

  return {
    name,
    historyTurns: historyMaxTokens > 0 ? bounds.historyTurns : 0,
    async open(options) {
      options.signal.throwIfAborted();
      return Promise.resolve(name);
    },
    send: (request, options) => ({
      [Symbol.asyncIterator]() {
        const abandoned = new AbortController();
        const activities = answer(request, options, abandoned.signal);
        return {
          next: () => activities.next(),
          // A generator would first wait for what it is waiting for.
          return: () => {
            abandoned.abort(new AgentFailure('failed', 'nobody reads the answer any more'));
            return activities.return();
          },
        };
      },
    }),
  };
}
