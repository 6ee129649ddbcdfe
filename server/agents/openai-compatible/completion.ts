import { z } from 'zod';
import { readContractsText } from '../../answer/agent-contract.ts';
import { partsOf } from '../../answer/text/visible-text.ts';
import { ThoughtFilter, withoutThoughts } from '../../answer/text/thought-filter.ts';
import { limits } from '../../domain/limits.ts';
import { AgentFailure } from '../../answer/agent-failure.ts';
import { cutWidth } from '../cut-json.ts';
import { bounds } from './settings.ts';
import { readFinishReason } from './finish-reasons.ts';
import { isHeartbeat } from './read-events.ts';
import type { StreamEvent } from './read-events.ts';
import { ownProperty } from '../../domain/json.ts';

const said = z
  .object({ content: z.unknown().optional(), refusal: z.unknown().optional() })
  .nullish()
  .catch(undefined);

/** A `chat.completion.chunk`, as far as it is read. A chunk without choices carries usage or a filter's results. */
const chunkSchema = z.object({
  error: z.unknown().optional(),
  choices: z
    .array(
      z.object({
        index: z.number().optional().catch(undefined),
        delta: said,
        /** In place of the delta, where a gateway streams what it got whole. */
        message: said,
        finish_reason: z.string().nullish().catch(undefined),
      }),
    )
    .nullish()
    .catch(undefined),
});

/** What an endpoint has answered so far. */
export class Completion {
  #content = '';
  #refusal = '';
  #withoutThoughts: string | null = null;
  #finishReason: string | null = null;
  #isDone = false;

  /** The answer as it was written, thoughts and structure and all. */
  get content(): string {
    return this.#content;
  }

  /** Whether the model says that it won't answer, in words outside of the structure that it was asked for. */
  get isRefusal(): boolean {
    return this.#refusal.trim() !== '' && this.#said.trim() === '';
  }

  /** Whether the model closed thoughts that it had not opened: the template had, and does so for every answer. */
  get hidThoughts(): boolean {
    return new ThoughtFilter().append(this.#content).isTakenBack;
  }

  /** Read once the answer is complete, and kept: it is asked for several times. */
  get #said(): string {
    this.#withoutThoughts ??= withoutThoughts(this.#content);
    return this.#withoutThoughts;
  }

  /** The answer without the model's thoughts. */
  get text(): string {
    return this.isRefusal ? this.#refusal : this.#said;
  }

  /** @throws AgentFailure for an event that says the answer went wrong, or makes no sense */
  add(event: StreamEvent): void {
    if (event.data.trimStart().startsWith('[DONE]')) {
      this.#isDone = true;
      return;
    }
    if (isHeartbeat(event)) return;
    const chunk = readChunk(event);
    if (event.name === 'error' || (chunk.error !== undefined && chunk.error !== null)) {
      throw new AgentFailure('failed', 'the service reported an error in the middle of the answer');
    }
    const choice = chunk.choices?.find(({ index }) => index === undefined || index === 0);
    const delta = choice?.delta ?? choice?.message;
    const { text, refusal } = readContent(delta?.content);
    this.#content += text;
    this.#withoutThoughts = null;
    this.#refusal += refusal + readContent(delta?.refusal).text;
    // Servers say "" for none.
    const reason = choice?.finish_reason?.trim() ?? '';
    if (reason !== '') this.#finishReason ??= reason;
    if (this.#content.length + this.#refusal.length > bounds.answerChars) {
      throw new AgentFailure('failed', 'the answer is too large');
    }
  }

  /** Whether the model, or the stream, has said that it is done; nothing that follows changes the answer. */
  get isFinished(): boolean {
    return this.#finishReason !== null || this.#isDone;
  }

  /** @throws AgentFailure unless the answer is there, and whole */
  check(): void {
    const { text } = this;
    this.#checkEnd(text);
    if (text.trim() === '') {
      throw new AgentFailure('empty', 'the answer is empty');
    }
  }

  #checkEnd(text: string): void {
    if (this.#finishReason === null) {
      // Without a reason to end, the end of the stream alone is no proof that the answer is whole.
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

/** Whether an answer looks as if it were all there: its structure is, or its words end as a sentence does. */
function isWhole(text: string): boolean {
  const readings = partsOf(text).flatMap((part) => part.readings);
  if (readings.length > 0) return readings.every(({ kind }) => kind !== 'malformed');
  if (readContractsText(text).some(({ kind }) => kind === 'contract')) return true;
  return sentenceEnd.test(text.trimEnd().slice(-longestEnd));
}

const sentenceEnd = /[\p{Sentence_Terminal}…:;)\]}>"'”’»*_`|]$|\p{Extended_Pictographic}\ufe0f?$/u;
const longestEnd = 8;

function readChunk({ name, data }: StreamEvent): z.infer<typeof chunkSchema> {
  try {
    return chunkSchema.parse(JSON.parse(cutWidth(data, limits.activityValues)));
  } catch {
    // Of an event with a name of its own, nothing is expected.
    if (!answerNames.has(name.toLowerCase())) return {};
    // Without a cause: it would quote what the model wrote.
    throw new AgentFailure('ambiguous', 'the answer holds something that is not a chunk');
  }
}

const answerNames: ReadonlySet<string> = new Set([
  ...['', 'message', 'chunk', 'completion', 'chat.completion.chunk', 'data', 'delta', 'error'],
]);

/** What a model says in a piece of content, and what it says to refuse. */
export interface ContentText {
  readonly text: string;
  readonly refusal: string;
}

const nothing: ContentText = { text: '', refusal: '' };

/** Parts in parts: thoughts are told so. Deeper than this nobody nests what is said. */
const deepest = 3;
/** What a part of the answer is called; a part of another kind (`thinking`, `image_url`) says nothing to the person. */
const textTypes: ReadonlySet<unknown> = new Set([undefined, null, 'text', 'output_text', 'text_delta']);

/** Content is a text; of Mistral's models and some gateways a list of parts, or one part. Anything else says nothing. */
export function readContent(content: unknown, depth = 0): ContentText {
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
  // The text may be an object of its own, with annotations beside it.
  return readContent(
    ownProperty(content, 'text') ?? ownProperty(content, 'value') ?? ownProperty(content, 'content'),
    depth + 1,
  );
}
