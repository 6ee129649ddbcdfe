/**
 * The answer of a chat-completions endpoint, put together from its events.
 *
 * The job: add up the content and the refusal of the chunks, and decide whether the answer is whole. The boundary:
 * events in, text out; the connection, the structure's meaning and the activities are other files' business. It keeps
 * that
 * - an answer that may be cut off counts as failed or ambiguous, never as an answer (I5, decision 48);
 * - `bounds.answerChars` bounds the answer (I11);
 * - an error quotes nothing that the model wrote.
 */
import { z } from 'zod';
import type { TokenUsage } from '../../../contract/results.ts';
import { readContractsText } from '../../answer/structure/agent-contract.ts';
import { partsOf } from '../../answer/text/visible-text.ts';
import { ThoughtFilter, withoutThoughts } from '../../answer/text/thought-filter.ts';
import { limits } from '../../domain/limits.ts';
import { AgentFailure } from '../../answer/agent-failure.ts';
import { cutWidth } from '../cut-json.ts';
import { bounds } from './settings.ts';
import { readFinishReason } from './finish-reasons.ts';
import { isHeartbeat } from './read-events.ts';
import type { CompletionEvent } from './read-events.ts';
import { ownProperty } from '../../domain/json.ts';

const said = z
  .object({ content: z.unknown().optional(), refusal: z.unknown().optional() })
  .nullish()
  .catch(undefined);

/**
 * The parts of a `chat.completion.chunk` that are read. A chunk without choices carries usage or a filter's results.
 */
const chunkSchema = z.object({
  error: z.unknown().optional(),
  usage: z.unknown().optional(),
  choices: z
    .array(
      z.object({
        index: z.number().optional().catch(undefined),
        delta: said,
        /** The whole message, which a gateway that does not stream sends in place of the delta. */
        message: said,
        finish_reason: z.string().nullish().catch(undefined),
      }),
    )
    .nullish()
    .catch(undefined),
});

const tokens = z.int().nonnegative();

/** OpenAI's names. Null in chunks before the last, and absent from endpoints that count nothing. */
const usageSchema = z.object({ prompt_tokens: tokens, completion_tokens: tokens }).nullish().catch(undefined);

/** The answer of an endpoint so far. */
export class Completion {
  #content = '';
  #refusal = '';
  #withoutThoughts: string | null = null;
  #finishReason: string | null = null;
  #usage: TokenUsage | null = null;
  /** False for usage in the middle of an answer: some endpoints count as they write. */
  #isUsageFinal = false;
  #isDone = false;

  /** The answer as written, with thoughts and structure. */
  get content(): string {
    return this.#content;
  }

  /** True if the model refuses to answer, in words outside of the structure that was requested. */
  get isRefusal(): boolean {
    return this.#refusal.trim() !== '' && this.#said.trim() === '';
  }

  /** True if the model closed thoughts that it had not opened: its template opens them, and does so in every answer. */
  get hidThoughts(): boolean {
    return new ThoughtFilter().append(this.#content).isTakenBack;
  }

  /** The content without thoughts. It is cached, because it is needed several times. */
  get #said(): string {
    this.#withoutThoughts ??= withoutThoughts(this.#content);
    return this.#withoutThoughts;
  }

  /** The answer without the model's thoughts, or the model's refusal. */
  get text(): string {
    return this.isRefusal ? this.#refusal : this.#said;
  }

  /** @throws AgentFailure for an event that says the answer went wrong, or makes no sense */
  add(event: CompletionEvent): void {
    if (event.data.trimStart().startsWith('[DONE]')) {
      this.#isDone = true;
      return;
    }
    if (isHeartbeat(event)) return;
    const chunk = readChunk(event);
    if (event.name === 'error' || (chunk.error !== undefined && chunk.error !== null)) {
      throw new AgentFailure('failed', 'the service reported an error in the middle of the answer');
    }
    const isCounted = this.#readUsage(chunk);
    const choice = chunk.choices?.find(({ index }) => index === undefined || index === 0);
    const delta = choice?.delta ?? choice?.message;
    const { text, refusal } = readContent(delta?.content);
    this.#content += text;
    this.#withoutThoughts = null;
    this.#refusal += refusal + readContent(delta?.refusal).text;
    // Servers send "" for no reason.
    const reason = choice?.finish_reason?.trim() ?? '';
    if (reason !== '') {
      this.#finishReason ??= reason;
      this.#isUsageFinal = isCounted;
    }
    if (this.#content.length + this.#refusal.length > bounds.answerChars) {
      throw new AgentFailure('failed', 'the answer is too large');
    }
  }

  /** True once the model or the stream reports its end. Nothing after that changes the answer. */
  get isFinished(): boolean {
    return this.#finishReason !== null || this.#isDone;
  }

  /** True if the usage may still follow. */
  get lacksUsage(): boolean {
    return !this.#isUsageFinal && !this.#isDone;
  }

  /** The tokens of request and answer, once the endpoint has told them. */
  get usage(): TokenUsage | null {
    return this.#usage;
  }

  /**
   * Takes an event that follows the answer's end: it may tell the usage. Nothing in it changes the answer, or fails it.
   * Returns whether another one may follow that tells it.
   */
  addAfterEnd(event: CompletionEvent): boolean {
    if (event.data.trimStart().startsWith('[DONE]')) return false;
    try {
      return isHeartbeat(event) || !this.#readUsage(readChunk(event));
    } catch {
      return false;
    }
  }

  /** Returns whether the chunk tells the usage. */
  #readUsage({ usage }: z.infer<typeof chunkSchema>): boolean {
    const told = usageSchema.parse(usage) ?? null;
    if (told !== null)
      this.#usage = { inputTokens: told.prompt_tokens, outputTokens: told.completion_tokens };
    return told !== null;
  }

  /** @throws AgentFailure unless there is an answer, and it is complete */
  check(): void {
    const { text } = this;
    this.#checkEnd(text);
    if (text.trim() === '') {
      throw new AgentFailure('empty', 'the answer is empty');
    }
  }

  #checkEnd(text: string): void {
    if (this.#finishReason === null) {
      // Without a finish reason, the end of the stream alone does not prove that the answer is complete.
      if (this.#isDone && isWhole(text)) return;
      throw new AgentFailure('ambiguous', 'the answer ended without a finish reason');
    }
    switch (readFinishReason(this.#finishReason)) {
      case 'whole':
        return;
      case 'unknown':
        if (isWhole(text)) return;
        throw new AgentFailure('failed', 'the answer ended for a reason that is not known');
      case 'length':
        throw new AgentFailure('failed', "the answer was cut off at the model's length limit");
      case 'filter':
        throw new AgentFailure('failed', "the answer was stopped by the service's content filter");
      case 'tool':
        throw new AgentFailure('failed', 'the model called a tool, and it has none');
      case 'fault':
        throw new AgentFailure('failed', 'the answer was broken off by the service');
    }
  }
}

/** True if an answer looks complete: its structure is well-formed, or its words end like a sentence. */
function isWhole(text: string): boolean {
  const readings = partsOf(text).flatMap((part) => part.readings);
  if (readings.length > 0) return readings.every(({ kind }) => kind !== 'malformed');
  if (readContractsText(text).some(({ kind }) => kind === 'contract')) return true;
  return sentenceEnd.test(text.trimEnd().slice(-longestEnd));
}

const sentenceEnd = /[\p{Sentence_Terminal}…:;)\]}>"'”’»*_`|]$|\p{Extended_Pictographic}\ufe0f?$/u;
const longestEnd = 8;

function readChunk({ name, data }: CompletionEvent): z.infer<typeof chunkSchema> {
  try {
    return chunkSchema.parse(JSON.parse(cutWidth(data, limits.activityValues)));
  } catch {
    // An event with a name of its own need not hold a chunk.
    if (!answerNames.has(name.toLowerCase())) return {};
    // The error has no cause, because that would quote what the model wrote.
    throw new AgentFailure('ambiguous', 'the answer holds something that is not a chunk');
  }
}

const answerNames: ReadonlySet<string> = new Set([
  '',
  'message',
  'chunk',
  'completion',
  'chat.completion.chunk',
  'data',
  'delta',
  'error',
]);

/** The text and the refusal in a piece of content. */
interface ContentText {
  readonly text: string;
  readonly refusal: string;
}

const nothing: ContentText = { text: '', refusal: '' };

/** Maximum nesting of parts in parts, which thoughts are sent as. No model nests its answer deeper. */
const deepest = 3;
/** Types of a part that holds text of the answer. A part of another type (`thinking`, `image_url`) is not shown. */
const textTypes: ReadonlySet<unknown> = new Set([undefined, null, 'text', 'output_text', 'text_delta']);

/**
 * Reads a piece of content: a text or, from Mistral's models and some gateways, a list of parts or one part. Anything
 * else counts as empty.
 */
function readContent(content: unknown, depth = 0): ContentText {
  if (typeof content === 'string') return { text: content, refusal: '' };
  if (typeof content !== 'object' || content === null || depth > deepest) return nothing;
  if (Array.isArray(content)) {
    const parts = content.map((part: unknown) => readContent(part, depth + 1));
    return {
      text: parts.map(({ text }) => text).join(''),
      refusal: parts.map(({ refusal }) => refusal).join(''),
    };
  }
  const type = ownProperty(content, 'type');
  if (type === 'refusal')
    return { text: '', refusal: readContent(ownProperty(content, 'refusal'), depth + 1).text };
  if (!textTypes.has(type)) return nothing;
  // The text may be an object itself, with annotations beside the text.
  return readContent(
    ownProperty(content, 'text') ?? ownProperty(content, 'value') ?? ownProperty(content, 'content'),
    depth + 1,
  );
}
