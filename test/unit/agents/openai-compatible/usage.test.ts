import { describe, expect, it } from 'vitest';
import {
  chunk,
  contentChunk,
  done,
  event,
  finishChunk,
  opening,
  usageChunk,
} from '../../../support/openai-server/chunks.ts';
import { dropsAfter, fails, fallsSilentAfter, streams } from '../../../support/openai-server/replies.ts';
import { answerOf, requestOf } from '../../../../server/testing/agent-call.ts';
import { startAgent, visit } from './start-agent.ts';

const answer = [opening, contentChunk('Fine.')];
const counted = { usage: { inputTokens: 12, outputTokens: 7 } };

/** Starts an agent whose structure is asked for in the text, so that a plain answer is one. */
async function startUsage() {
  const world = await startAgent({ structuredOutput: 'text' });
  return {
    server: world.server,
    ask: () =>
      answerOf(
        world.agent,
        requestOf(visit, { input: { type: 'text', text: 'hello' }, agentConversationId: 'x' }),
      ),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

describe('the usage of an answer', () => {
  it.each([
    ['follows the answer', streams(...answer, finishChunk('stop'), usageChunk, done)],
    ['comes in one piece with its end', streams([...answer, finishChunk('stop'), usageChunk].join(''))],
    [
      'is in its last chunk',
      streams(
        ...answer,
        event({
          choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
          usage: { prompt_tokens: 12, completion_tokens: 7 },
        }),
        done,
      ),
    ],
    [
      'is counted in every chunk, and at last in one of its own',
      streams(
        event({
          choices: [{ index: 0, delta: { content: 'Fine.' } }],
          usage: { prompt_tokens: 12, completion_tokens: 3 },
        }),
        chunk({ delta: {}, finish_reason: 'stop' }),
        event({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 7 } }),
        done,
      ),
    ],
  ])('is reported where it %s', async (_case, reply) => {
    await using world = await startUsage();
    world.server.reply(reply);
    expect((await world.ask()).end).toEqual(counted);
  });

  it.each([
    ['sends none', streams(...answer, finishChunk('stop'), done)],
    ['closes without one', streams(...answer, finishChunk('stop'))],
    ['falls silent after the answer', fallsSilentAfter(...answer, finishChunk('stop'))],
    ['drops the connection after the answer', dropsAfter(...answer, finishChunk('stop'))],
    [
      'sends something else',
      streams(...answer, finishChunk('stop'), event({ usage: { prompt_tokens: -1 } }), done),
    ],
    [
      'sends something that is no chunk',
      streams(...answer, finishChunk('stop'), 'data: {"usage":\n\n', done),
    ],
  ])('is absent, and the answer counts, where the endpoint %s', async (_case, reply) => {
    await using world = await startUsage();
    world.server.reply(reply);
    const { activities, end } = await world.ask();
    expect(activities.at(-1)).toMatchObject({ type: 'message', text: 'Fine.' });
    expect(end).toBeNull();
  });

  it('is asked for, unless the endpoint refuses that: then it is asked without from now on', async () => {
    await using world = await startUsage();
    const asks = () => world.server.requests.map(({ body }) => body['stream_options']);
    world.server.reply(fails(422, 'stream_options: extra inputs are not permitted'));
    await world.ask();
    await world.ask();
    expect(asks()).toEqual([{ include_usage: true }, undefined, undefined]);
  });

  it('is asked for again where the refusal had another reason', async () => {
    await using world = await startUsage();
    const echo = fails(400, 'no credit for {"stream":true,"stream_options":{"include_usage":true}}');
    world.server.reply(echo, echo);
    await expect(world.ask()).rejects.toMatchObject({ outcome: 'refused' });
    await world.ask();
    expect(world.server.requests.at(-1)?.body['stream_options']).toEqual({ include_usage: true });
  });
});
