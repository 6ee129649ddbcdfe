import { AgentFailure } from '../../answer/agent-failure.ts';
import type { AgentRequest } from '../../orchestrator/ports/agent.ts';
import { post, readRetryAfter } from '../post.ts';
import { answerFormat } from './answer-format.ts';
import type { AnswerFormat } from './answer-format.ts';
import { composeRequest } from './compose-request.ts';
import type { ChatRequest } from './compose-request.ts';
import { bounds } from './settings.ts';
import type { OpenAiCompatibleSettings } from './settings.ts';

interface AnsweredRequest {
  readonly response: Response;
  /** The schema that the answer was requested by; null if it was requested as JSON in the text. */
  readonly format: AnswerFormat | null;
}

/** The endpoint refuses the request's `response_format`, and has done nothing. */
class FormatRefused extends AgentFailure {}

/** The endpoint refuses the request's `stream_options`, and has done nothing. */
class UsageRefused extends AgentFailure {}

/** An endpoint for chat completions (OpenAI's API reference, "Create chat completion", with `stream`). */
export class Endpoint {
  readonly #settings: OpenAiCompatibleSettings;
  readonly #url: string;
  /** The workflows whose schema the endpoint has refused: some endpoints accept one schema and not another. */
  readonly #withoutSchema = new Set<string>();
  #asksForUsage = true;

  constructor(settings: OpenAiCompatibleSettings) {
    this.#settings = settings;
    this.#url = `${settings.baseUrl.replace(/\/$/, '')}/chat/completions`;
  }

  /**
   * Asks the endpoint once, and once more without the schema only if it refuses that before it has done anything.
   * @throws AgentFailure
   */
  async ask(request: AgentRequest, signal: AbortSignal): Promise<AnsweredRequest> {
    const { structuredOutput } = this.#settings;
    const { workflow } = request.briefing;
    const name = `${workflow.id}@${workflow.version}`;
    if (structuredOutput === 'text' || this.#withoutSchema.has(name))
      return this.#askFor(null, request, signal);
    try {
      return await this.#askFor(answerFormat(request.briefing), request, signal);
    } catch (error) {
      if (!(error instanceof FormatRefused) || structuredOutput === 'json-schema') throw error;
      const asked = await this.#askFor(null, request, signal);
      // The second request succeeded, so the schema was the reason.
      this.#withoutSchema.add(name);
      return asked;
    }
  }

  /** Asks once, and once more without the request for usage only if the endpoint refuses that. */
  async #askFor(
    format: AnswerFormat | null,
    request: AgentRequest,
    signal: AbortSignal,
  ): Promise<AnsweredRequest> {
    if (!this.#asksForUsage) return this.#post({ format, asksForUsage: false }, request, signal);
    try {
      return await this.#post({ format, asksForUsage: true }, request, signal);
    } catch (error) {
      if (!(error instanceof UsageRefused)) throw error;
      const asked = await this.#post({ format, asksForUsage: false }, request, signal);
      this.#asksForUsage = false;
      return asked;
    }
  }

  async #post(
    { format, asksForUsage }: { readonly format: AnswerFormat | null; readonly asksForUsage: boolean },
    request: AgentRequest,
    signal: AbortSignal,
  ): Promise<AnsweredRequest> {
    const { apiKey, model, historyMaxTokens, clock } = this.#settings;
    const chat: ChatRequest = composeRequest(request, { format, historyMaxTokens });
    const usage = asksForUsage ? { stream_options: { include_usage: true } } : {};
    const body = JSON.stringify({ ...chat, model, stream: true, ...usage });
    const response = await post({ url: this.#url, body, bearer: apiKey }, signal);
    if (response.ok) return { response, format };
    const said = await firstBytes(response.body);
    const failure = refusal(response, clock.now());
    if (asksForUsage && refuses(response.status, said, namesUsage)) {
      throw new UsageRefused(failure.outcome, failure.message);
    }
    const isFormatRefused = format !== null && refuses(response.status, said, namesFormat);
    throw isFormatRefused ? new FormatRefused(failure.outcome, failure.message) : failure;
  }
}

/** The outcome of a response without an answer, by its status alone: its body may quote what was sent. */
function refusal({ status, headers }: Response, now: number): AgentFailure {
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), now);
  return new AgentFailure(
    status < 500 ? 'refused' : 'failed',
    status < 400
      ? `the service redirects (HTTP ${status}), which is not followed`
      : `the service answered HTTP ${status}`,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

// Statuses for structured output that is unknown, or not available for this model or schema: OpenAI and vLLM 400,
// servers on FastAPI 422, routers 404, others 501.
const refusingStatuses: ReadonlySet<number> = new Set([400, 404, 415, 422, 501]);
const namesFormat = /response[ _-]?format|json[ _-]?schema|structured[ _-]?output|grammar/i;

const namesUsage = /stream[ _-]?options|include[ _-]?usage/i;

function refuses(status: number, said: string, what: RegExp): boolean {
  return refusingStatuses.has(status) && what.test(said);
}

async function firstBytes(body: ReadableStream<Uint8Array> | null): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    while (bytes < bounds.errorBodyBytes) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      text += decoder.decode(value.subarray(0, bounds.errorBodyBytes), { stream: true });
    }
  } catch {
    // The status decides; the body only shows whether the schema is the reason.
  }
  void reader.cancel().catch(() => undefined);
  return text;
}
