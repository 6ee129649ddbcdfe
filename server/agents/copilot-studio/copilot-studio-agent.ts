import type { ConnectionSettings } from '@microsoft/agents-copilotstudio-client';
import type { Activity } from '../../answer/activity.ts';
import { AgentFailure } from '../../answer/agent-failure.ts';
import type { Agent, AgentCallOptions, AgentRequest, AnswerEnd } from '../../orchestrator/ports/agent.ts';
import type { Clock } from '../../orchestrator/ports/clock.ts';
import { abortOnReturn, DeadlineScope } from '../deadline-scope.ts';
import type { AccessTokens } from './access-token/access-tokens.ts';
import { readConversationId, exchange } from './exchange.ts';
import { endpointOf } from './endpoint.ts';
import { toActivity } from './to-activity.ts';
import type { CardSubmit } from './to-activity.ts';

interface CopilotStudioOptions {
  /** The agent's address and cloud. */
  readonly connection: ConnectionSettings;
  readonly tokens: AccessTokens;
  readonly clock: Clock;
  readonly cardSubmit: CardSubmit;
  /** The language in which conversations start; null for the agent's own. */
  readonly locale: string | null;
}

/**
 * An agent of Microsoft Copilot Studio, called over the protocol of its direct-to-engine API. It posts the message of a
 * turn once.
 * @throws Error when the connection's settings give no URL that can be called
 */
export function createCopilotStudioAgent(options: CopilotStudioOptions): Agent {
  const { tokens, clock, cardSubmit, locale } = options;
  const endpoint = endpointOf(options.connection);
  const service = { tokens, clock };
  const startBody = JSON.stringify({
    emitStartConversationEvent: true,
    ...(locale === null ? {} : { locale }),
  });

  async function start(callOptions: AgentCallOptions): Promise<string> {
    const request = { asked: 'start', url: endpoint.startUrl, body: startBody } as const;
    const answer = exchange(service, request, callOptions);
    // The greeting is discarded but read to its end: only then has the agent's start topic finished.
    for (;;) {
      const next = await answer.next();
      if (next.done !== true) continue;
      if (next.value.conversationId !== null) return next.value.conversationId;
      throw new AgentFailure('failed', 'the service started a conversation without a valid id');
    }
  }

  async function* answer(request: AgentRequest, callOptions: AgentCallOptions) {
    // The service can't continue a conversation whose id it never gave, so such a message goes to a new one.
    const stored = readConversationId(request.agentConversationId);
    const conversationId = stored ?? (await start(callOptions));
    const body = JSON.stringify({ activity: toActivity(request, cardSubmit), conversationId });
    const url = endpoint.conversationUrl(conversationId);
    const exchanged = yield* exchange(service, { asked: 'message', url, body }, callOptions);
    if (exchanged.activities === 0) throw new AgentFailure('empty', 'the answer is empty');
    const answeredFrom = exchanged.conversationId ?? conversationId;
    return answeredFrom === stored ? undefined : { agentConversationId: answeredFrom };
  }

  async function* send(
    request: AgentRequest,
    callOptions: AgentCallOptions,
  ): AsyncGenerator<Activity, AnswerEnd | undefined> {
    const call = new DeadlineScope(callOptions, clock);
    try {
      return yield* answer(request, call.options);
    } catch (error) {
      return call.fail(error);
    } finally {
      call.end();
    }
  }

  return {
    name: 'copilot-studio',
    async open(callOptions) {
      const call = new DeadlineScope(callOptions, clock);
      try {
        return await start(call.options);
      } catch (error) {
        return call.fail(error);
      } finally {
        call.end();
      }
    },
    send: (request, callOptions) =>
      abortOnReturn(callOptions.signal, (signal) => send(request, { ...callOptions, signal })),
  };
}
