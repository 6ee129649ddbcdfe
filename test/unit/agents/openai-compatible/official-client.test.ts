import { OpenAI } from 'openai';
import { describe, expect, it } from 'vitest';
import { startOpenAiServer } from '../../../support/openai-server/openai-server.ts';
import type { OpenAiServer } from '../../../support/openai-server/openai-server.ts';
import {
  endsWith,
  fails,
  redirectsTo,
  refuses,
  refusingFormat,
  says,
  saysWithNoise,
} from '../../../support/openai-server/replies.ts';

function clientOf({ baseUrl }: OpenAiServer): OpenAI {
  return new OpenAI({ baseURL: baseUrl, apiKey: 'sk-test', maxRetries: 0 });
}

const question = { model: 'test-model', messages: [{ role: 'user' as const, content: 'Who comes?' }] };

/** Returns the whole completion, as OpenAI's own client builds it from the stream. */
async function complete(server: OpenAiServer) {
  const completion = await clientOf(server).chat.completions.stream(question).finalChatCompletion();
  return completion.choices[0];
}

describe('the test server, to the official client', () => {
  it('streams completions', async () => {
    await using server = await startOpenAiServer();
    server.reply(says('Ada comes, with naïve 🙂 words.'));
    expect(await complete(server)).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: 'Ada comes, with naïve 🙂 words.' },
    });
    expect(server.requests).toHaveLength(1);
  });

  it('streams refusals, and other ends', async () => {
    await using server = await startOpenAiServer();
    server.reply(refuses('Not that.'));
    expect(await complete(server)).toMatchObject({ message: { refusal: 'Not that.' } });
    server.reply(endsWith('length'));
    expect(await complete(server)).toMatchObject({ finish_reason: 'length' });
  });

  it('sends the other parts that a stream may hold', async () => {
    await using server = await startOpenAiServer();
    server.reply(saysWithNoise('Ada.'));
    const stream = await clientOf(server).chat.completions.create({ ...question, stream: true });
    let text = '';
    let tokens = 0;
    for await (const { choices, usage } of stream) {
      text += choices.find(({ index }) => index === 0)?.delta.content ?? '';
      tokens += usage?.total_tokens ?? 0;
    }
    expect({ text, tokens }).toEqual({ text: 'Ada.', tokens: 19 });
  });

  it('refuses as the API does', async () => {
    await using server = await startOpenAiServer();
    server.otherwise(refusingFormat(says('Ada.')));
    const format = { type: 'json_schema' as const, json_schema: { name: 'turn', strict: true, schema: {} } };
    const asked = clientOf(server).chat.completions.create({
      ...{ ...question, stream: true, response_format: format },
    });
    await expect(asked).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' });
    server.reply(fails(429, 'slow down', { 'retry-after': '2' }));
    await expect(complete(server)).rejects.toMatchObject({ status: 429 });
  });

  it('would leak the key: by default that client follows a redirect', async () => {
    await using server = await startOpenAiServer();
    await using other = await startOpenAiServer();
    server.reply(redirectsTo(`${other.baseUrl}/chat/completions`));
    await complete(server);
    expect(other.requests).toHaveLength(1);
  });
});
