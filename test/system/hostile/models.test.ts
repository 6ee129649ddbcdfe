import { describe, expect, it } from 'vitest';
import { faults, faultWords } from '../../support/openai-server/faults.ts';
import type { FaultName } from '../../support/openai-server/faults.ts';
import { startOpenAiServer } from '../../support/openai-server/openai-server.ts';
import { redirectsTo } from '../../support/openai-server/replies.ts';
import { referenceMs, watchBlocks } from '../../support/time.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';
import { startServerWithAgent } from '../../redis/integration/server-with-agent.ts';

/** In costs of the reference, which is parsing about as much JSON as the largest answer holds. */
const longestBlock = 15;
/** The reference is measured once: it takes as long as the rest of a test. */
const longestBlockMs = longestBlock * (await referenceMs());
const apiKey = 'sk-a-key-of-ours';

/** A server over HTTP that asks the emulated endpoint through the adapter of its settings. */
async function openServer({ turnTimeoutMs = 20_000 } = {}) {
  const model = await startOpenAiServer();
  const server = await startServerWithAgent({
    AGENT_PROVIDER: 'openai-compatible',
    OPENAI_BASE_URL: model.baseUrl,
    OPENAI_API_KEY: apiKey,
    OPENAI_MODEL: 'test-model',
    TURN_TIMEOUT_MS: String(turnTimeoutMs),
  });
  return {
    ...server,
    model,
    /** Counts the requests that end with these words: earlier words are retold further up. */
    postsWith: (words: string) => model.requests.filter(({ query }) => query.includes(words)).length,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await model[Symbol.asyncDispose]();
    },
  };
}

/** The outcome of a turn for each fault. */
const ends: Readonly<Record<FaultName, 'answered' | 'AGENT_FAILED' | 'AGENT_TIMEOUT'>> = {
  'bad request': 'AGENT_FAILED',
  unauthorized: 'AGENT_FAILED',
  forbidden: 'AGENT_FAILED',
  'not found': 'AGENT_FAILED',
  'too many': 'AGENT_FAILED',
  'server error': 'AGENT_FAILED',
  unavailable: 'AGENT_FAILED',
  'error that is no JSON': 'AGENT_FAILED',
  'no event stream': 'AGENT_FAILED',
  reset: 'AGENT_FAILED',
  'drop before the first chunk': 'AGENT_FAILED',
  drop: 'AGENT_FAILED',
  'no finish reason': 'AGENT_FAILED',
  'no end at all': 'AGENT_FAILED',
  'cut off at the length limit': 'AGENT_FAILED',
  'content filter': 'AGENT_FAILED',
  'tool call': 'AGENT_FAILED',
  'error in the stream': 'AGENT_FAILED',
  'chunk that is no JSON': 'AGENT_FAILED',
  empty: 'AGENT_FAILED',
  silence: 'AGENT_TIMEOUT',
  'silence after headers': 'AGENT_TIMEOUT',
  'silence after words': 'AGENT_TIMEOUT',
  drip: 'AGENT_TIMEOUT',
  refusal: 'answered',
  'never closed': 'answered',
  'drop after the finish reason': 'answered',
  'too large': 'AGENT_FAILED',
  'event that never ends': 'AGENT_FAILED',
  'comments alone': 'AGENT_FAILED',
  'many chunks': 'answered',
  'deep nesting': 'answered',
  'deep nesting that closes': 'answered',
  'nested chunk': 'AGENT_FAILED',
  'chunk of another kind': 'answered',
  'blocks that never close': 'answered',
  'many blocks': 'answered',
};

describe('A server whose model is in trouble', () => {
  it.each(Object.entries(ends))('goes on in good health after %s: %s', async (name, end) => {
    using rejections = watchUnhandledRejections();
    await using world = await openServer(end === 'AGENT_TIMEOUT' ? { turnTimeoutMs: 3_000 } : {});
    const { model, turn, turnCount } = world;
    expect((await turn('c', 'first')).status).toBe(200);
    model.reply(faults[name as FaultName]);
    using blocks = watchBlocks();
    const hit = turn('c', 'hit');
    await model.received(2);
    // Other conversations are not affected.
    const others = Array.from({ length: 5 }, (_, index) => turn(`other-${index}`, `of other ${index}`));
    for (const { status } of await Promise.all(others)) expect(status).toBe(200);
    const { status, error } = await hit;
    const blockedMs = blocks.longestMs();
    expect(error?.data.reason ?? 'answered').toBe(end);
    expect(await turnCount('c')).toBe(status === 200 ? 2 : 1);
    expect(world.postsWith('hit')).toBe(1);
    // A repeated turn id runs once.
    expect((await turn('c', 'hit')).status).toBe(200);
    expect(await turnCount('c')).toBe(2);
    expect(world.postsWith('hit')).toBe(status === 200 ? 1 : 2);
    expect((await turn('c', 'after')).data).toMatchObject({ turn: { number: 3 } });
    expect(blockedMs).toBeLessThan(longestBlockMs);
    expect(rejections.unhandled).toEqual([]);
    const log = world.logLines.join('\n');
    expect(log).not.toContain(apiKey);
    expect(log).not.toContain(faultWords);
  });

  it('never follows it to another host with our key', async () => {
    await using other = await startOpenAiServer();
    await using world = await openServer();
    for (const status of [301, 302, 303, 307, 308]) {
      world.model.reply(redirectsTo(`${other.baseUrl}/chat/completions`, status));
      expect((await world.turn('c', `redirected ${status}`)).error?.data.reason).toBe('AGENT_FAILED');
    }
    expect(other.connections()).toBe(0);
    expect(world.logLines.join('\n')).not.toContain(apiKey);
  });

  it('says when to come again, where the endpoint said so', async () => {
    await using world = await openServer();
    world.model.reply(faults['too many'], faults.unavailable);
    for (const words of ['too many', 'unavailable']) {
      const { status, error } = await world.turn('c', words);
      expect(status).toBe(502);
      expect(error?.data).toMatchObject({ retryable: true, retryAfterMs: 3_000 });
    }
  });
});
