import type { AgentRequest } from '../../orchestrator/ports/agent.ts';
import type { AnswerFormat } from './answer-format.ts';
import type { ChatRequest } from './chat-client.ts';
import { retellHistory } from './retell-history.ts';
import { systemMessages } from './system-message.ts';

interface RequestOptions {
  /** Null for an endpoint that is to write its structure into the text. */
  readonly format: AnswerFormat | null;
  readonly historyMaxTokens: number;
}

/** A turn as a chat: the rules, what was said before, and the query with the person's words, whole, at its end. */
export function composeRequest(
  request: AgentRequest,
  { format, historyMaxTokens }: RequestOptions,
): ChatRequest {
  return {
    messages: [
      { role: 'system', content: format === null ? systemMessages.inText : systemMessages.bySchema },
      ...retellHistory(request.history, historyMaxTokens),
      { role: 'user', content: queryOf(request) },
    ],
    ...(format === null
      ? {}
      : {
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'turn', strict: true, schema: { ...format.schema } },
          },
        }),
  };
}

/** A model gets no activity whose value it could look into, so what was submitted is told in one line of JSON. */
function queryOf({ query, input }: AgentRequest): string {
  if (input.type !== 'cardAction') return query;
  const { cardId, action, data } = input;
  return `${query}\nThe value of this activity: ${JSON.stringify({ cardId, action: action.name, data })}`;
}
