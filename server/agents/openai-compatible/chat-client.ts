import { APIConnectionTimeoutError, APIError, OpenAI } from 'openai';
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { AgentFailure } from '../../answer/agent-failure.ts';
import { readRetryAfter } from '../retry-after.ts';
import { guardedFetch } from './guarded-fetch.ts';
import type { OpenAiCompatibleSettings } from './settings.ts';

export type ChatRequest = Omit<ChatCompletionCreateParamsStreaming, 'model' | 'stream'>;

/** The endpoint does not take the request's `response_format`; it has done nothing. */
export class FormatRefused extends AgentFailure {}

export interface ChatClient {
  /**
   * Posts one request, once, and answers the response to be streamed.
   * @throws AgentFailure
   */
  post(
    request: ChatRequest,
    call: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Response>;
}

/** Chat completions through the OpenAI library, which retries nothing and reads nothing from the environment here. */
export function createChatClient({ baseUrl, apiKey, model, clock }: OpenAiCompatibleSettings): ChatClient {
  const client = new OpenAI({
    baseURL: baseUrl,
    // The library insists on a key; what is sent is set in guardedFetch.
    apiKey: apiKey ?? 'none',
    // Either is else read from the environment, and a request fails over one that no header can carry.
    organization: null,
    project: null,
    maxRetries: 0,
    // It would print what it can't parse.
    logLevel: 'off',
    fetch: guardedFetch(apiKey),
  });
  return {
    async post(request, { signal, timeoutMs }) {
      try {
        const sent = client.chat.completions.create(
          { ...request, model, stream: true },
          { signal, timeout: Math.max(1, Math.ceil(timeoutMs)) },
        );
        return await sent.asResponse();
      } catch (error) {
        const failure = toAgentFailure(error, clock.now());
        const isFormatRefused = request.response_format !== undefined && refusesFormat(error);
        throw isFormatRefused ? new FormatRefused(failure.outcome, failure.message) : failure;
      }
    },
  };
}

/** Never carries the library's error along: its message quotes what the service said. */
function toAgentFailure(error: unknown, now: number): AgentFailure {
  if (error instanceof APIConnectionTimeoutError) {
    return new AgentFailure('timed-out', 'the service did not begin to answer in time');
  }
  if (error instanceof Error && error.cause instanceof AgentFailure) return error.cause;
  const { status, headers } = responseOf(error);
  if (status === undefined) return new AgentFailure('failed', 'the request could not be sent');
  const retryAfterMs = readRetryAfter(headers?.get('retry-after') ?? null, now);
  return new AgentFailure(
    status < 500 ? 'refused' : 'failed',
    status < 400
      ? `the service redirects (HTTP ${status}), which is not followed`
      : `the service answered HTTP ${status}`,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

interface ErrorResponse {
  readonly status: number | undefined;
  readonly headers: Headers | undefined;
  readonly message: string;
}

function responseOf(error: unknown): ErrorResponse {
  if (!(error instanceof APIError)) return { status: undefined, headers: undefined, message: '' };
  // The library leaves these types to its caller.
  const { status, headers, message } = error as { status?: number; headers?: Headers; message: string };
  return { status, headers, message };
}

// What endpoints answer that know no structured output, or not for this model or schema: OpenAI and vLLM 400, servers
// on FastAPI 422, routers 404, others 501.
const refusingStatuses: ReadonlySet<number> = new Set([400, 404, 415, 422, 501]);
const namesFormat = /response[ _-]?format|json[ _-]?schema|structured[ _-]?output|grammar/i;

function refusesFormat(error: unknown): boolean {
  const { status, message } = responseOf(error);
  return status !== undefined && refusingStatuses.has(status) && namesFormat.test(message);
}
