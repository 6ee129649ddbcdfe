/** The parts of a streamed chat completion, after OpenAI's API reference. */

const base = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_767_603_600,
  model: 'test-model',
};

export function chunk(choice: Record<string, unknown>): string {
  return event({ ...base, choices: [{ index: 0, logprobs: null, finish_reason: null, ...choice }] });
}

export function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

export const opening = chunk({ delta: { role: 'assistant', content: '', refusal: null } });
export const done = 'data: [DONE]\n\n';

export function contentChunk(content: string): string {
  return chunk({ delta: { content } });
}

export function finishChunk(reason: string): string {
  return chunk({ delta: {}, finish_reason: reason });
}

export const usageChunk = event({
  ...base,
  choices: [],
  usage: { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 },
});
