import type { AgentRequest } from '../../orchestrator/ports/agent.ts';
import { answerFormat } from './answer-format.ts';
import type { AnswerFormat } from './answer-format.ts';
import { createChatClient, FormatRefused } from './chat-client.ts';
import { composeRequest } from './compose-request.ts';
import type { OpenAiCompatibleSettings } from './settings.ts';

interface Asked {
  readonly response: Response;
  /** What the answer was asked for by; null where it is to be JSON in the text. */
  readonly format: AnswerFormat | null;
}

export interface Endpoint {
  /**
   * Asks once. Only where the endpoint turns the schema away, before it has done anything, is it asked again without
   * one; it is remembered for the workflow, because some take one schema and not another.
   * @throws AgentFailure
   */
  ask(
    request: AgentRequest,
    call: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Asked>;
}

export function createEndpoint(settings: OpenAiCompatibleSettings): Endpoint {
  const { structuredOutput, historyMaxTokens } = settings;
  const client = createChatClient(settings);
  const withoutSchema = new Set<string>();
  return {
    async ask(request, call) {
      const { workflow } = request.briefing;
      const name = `${workflow.id}@${workflow.version}`;
      const askFor = async (format: AnswerFormat | null): Promise<Asked> => ({
        response: await client.post(composeRequest(request, { format, historyMaxTokens }), call),
        format,
      });
      if (structuredOutput === 'text' || withoutSchema.has(name)) return askFor(null);
      try {
        return await askFor(answerFormat(request.briefing));
      } catch (error) {
        if (!(error instanceof FormatRefused) || structuredOutput === 'json-schema') throw error;
        const asked = await askFor(null);
        // Not before it has been taken without: then it was the schema that it did not take.
        withoutSchema.add(name);
        return asked;
      }
    },
  };
}
