import { z } from 'zod';
import { AgentFailure } from '../../orchestrator/ports/agent.ts';
import { bounds } from './bounds.ts';

const text = z.string().nullish().catch(undefined);

/** A `chat.completion.chunk`, as far as it is read. A chunk without choices carries usage or a filter's results. */
const chunkSchema = z.looseObject({
  error: z.unknown().optional(),
  choices: z
    .array(
      z.looseObject({
        index: z.number().optional().catch(undefined),
        delta: z.looseObject({ content: text, refusal: text }).nullish().catch(undefined),
        finish_reason: text,
      }),
    )
    .nullish()
    .catch(undefined),
});

/** What an endpoint has answered so far. */
export class Completion {
  #content = '';
  #refusal = '';
  #finishReason: string | null = null;

  /** The answer as it was written, structure and all. */
  get content(): string {
    return this.#content;
  }

  /** Whether the model says that it won't answer, in words outside of the structure that it was asked for. */
  get isRefusal(): boolean {
    return this.#content.trim() === '';
  }

  get text(): string {
    return this.isRefusal ? this.#refusal : this.#content;
  }

  /** @throws AgentFailure for a chunk that says the answer went wrong, or makes no sense */
  add(data: string): void {
    const chunk = readChunk(data);
    if (chunk.error !== undefined && chunk.error !== null) {
      throw new AgentFailure('failed', 'the service reported an error in the middle of the answer');
    }
    const choice = chunk.choices?.find(({ index }) => index === undefined || index === 0);
    this.#content += choice?.delta?.content ?? '';
    this.#refusal += choice?.delta?.refusal ?? '';
    this.#finishReason ??= choice?.finish_reason ?? null;
    if (this.#content.length + this.#refusal.length > bounds.answerChars) {
      throw new AgentFailure('failed', 'the answer is too large');
    }
  }

  /** Whether the model has said that it is done; nothing that follows changes the answer. */
  get isFinished(): boolean {
    return this.#finishReason !== null;
  }

  /** @throws AgentFailure unless the answer is there, and whole */
  check(): void {
    switch (this.#finishReason) {
      case 'stop':
        break;
      case null:
        throw new AgentFailure('ambiguous', 'the answer ended without a finish reason');
      case 'length':
        throw new AgentFailure('failed', "the answer was cut off at the model's length limit");
      case 'content_filter':
        throw new AgentFailure('failed', "the answer was stopped by the service's content filter");
      case 'tool_calls':
      case 'function_call':
        throw new AgentFailure('failed', 'the model called a tool, and it has none');
      default:
        throw new AgentFailure('failed', 'the answer ended for a reason that is not known');
    }
    if (this.text.trim() === '') {
      throw new AgentFailure('empty', 'the answer is empty');
    }
  }
}

function readChunk(data: string): z.infer<typeof chunkSchema> {
  try {
    return chunkSchema.parse(JSON.parse(data));
  } catch {
    // Without a cause: it would quote what the model wrote.
    throw new AgentFailure('ambiguous', 'the answer holds something that is not a chunk');
  }
}
