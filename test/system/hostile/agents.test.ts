import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../cli/emulator/service/answers.ts';
import { redirectsTo } from '../../../cli/emulator/service/answers.ts';
import { faults } from '../../../cli/emulator/service/faults.ts';
import { startEmulator } from '../../../cli/emulator/service/start-emulator.ts';
import { startStranger } from '../../../cli/emulator/service/stranger.ts';
import { referenceMs, watchBlocks } from '../../support/time.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';
import { startServerWithAgent } from '../../redis/integration/server-with-agent.ts';

/** In costs of the reference, which is parsing about as much JSON as the largest answer holds. */
const longestBlock = 15;
/** The reference is measured once: it takes as long as the rest of a test. */
const longestBlockMs = longestBlock * (await referenceMs());

/** A server over HTTP that asks the emulated service through the adapter of its settings. */
async function openServer({ turnTimeoutMs = 20_000 } = {}) {
  const emulator = await startEmulator();
  const server = await startServerWithAgent({
    AGENT_PROVIDER: 'copilot-studio',
    COPILOT_DIRECT_CONNECT_URL: emulator.url,
    COPILOT_ACCESS_TOKEN: 'a-token-of-ours',
    TURN_TIMEOUT_MS: String(turnTimeoutMs),
  });
  return {
    ...server,
    emulator,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

/** The outcome of a turn for each fault. */
const ends: Readonly<Record<keyof typeof faults, 'answered' | 'AGENT_FAILED' | 'AGENT_TIMEOUT'>> = {
  unauthorized: 'AGENT_FAILED',
  forbidden: 'AGENT_FAILED',
  'not-found': 'AGENT_FAILED',
  'too-many': 'AGENT_FAILED',
  unavailable: 'AGENT_FAILED',
  'server-error': 'AGENT_FAILED',
  empty: 'AGENT_FAILED',
  silence: 'AGENT_TIMEOUT',
  'silence-after-headers': 'AGENT_TIMEOUT',
  'silence-after-words': 'AGENT_TIMEOUT',
  drip: 'AGENT_TIMEOUT',
  drop: 'AGENT_FAILED',
  reset: 'AGENT_FAILED',
  'no-end': 'AGENT_FAILED',
  'bad-json': 'AGENT_FAILED',
  'no-conversation-id': 'answered',
  'wrong-content-type': 'AGENT_FAILED',
  'large-activity': 'answered',
  'many-activities': 'answered',
  'deep-nesting': 'answered',
};

describe('a server whose agent is hostile', () => {
  it.each(Object.entries(ends))('goes on in good health after %s: %s', async (name, end) => {
    using rejections = watchUnhandledRejections();
    await using world = await openServer(end === 'AGENT_TIMEOUT' ? { turnTimeoutMs: 3_000 } : {});
    const { emulator, turn, turnCount } = world;
    expect((await turn('c', 'first')).status).toBe(200);
    const answer: Answer = faults[name as keyof typeof faults];
    emulator.next('message', answer);
    using blocks = watchBlocks();
    const hit = turn('c', 'hit');
    await emulator.received('message');
    // Other conversations are not affected.
    const others = Array.from({ length: 5 }, (_, index) => turn(`other-${index}`, `of other ${index}`));
    for (const { status } of await Promise.all(others)) expect(status).toBe(200);
    const { status, error } = await hit;
    const blockedMs = blocks.longestMs();
    expect(error?.data.reason ?? 'answered').toBe(end);
    expect(await turnCount('c')).toBe(status === 200 ? 2 : 1);
    expect(emulator.postsWith('hit').filter(({ isHeard }) => isHeard).length).toBeLessThanOrEqual(1);
    // A repeated turn id runs once.
    const again = await turn('c', 'hit');
    expect(again.status).toBe(200);
    expect(await turnCount('c')).toBe(2);
    expect((await turn('c', 'after')).data).toMatchObject({ turn: { number: 3 } });
    expect(blockedMs).toBeLessThan(longestBlockMs);
    expect(rejections.unhandled).toEqual([]);
    expect(world.logLines.join('\n')).not.toMatch(/a-token-of-ours|These words came/);
  });

  it('never follows it to another host with our token', async () => {
    await using stranger = await startStranger();
    await using world = await openServer();
    for (const status of [301, 302, 303, 307, 308] as const) {
      world.emulator.next('message', redirectsTo(stranger.url, status));
      expect((await world.turn('c', `redirected ${status}`)).error?.data.reason).toBe('AGENT_FAILED');
    }
    expect(stranger.requests).toEqual([]);
  });

  it('says when to come again, where the service said so', async () => {
    await using world = await openServer();
    world.emulator.next('message', faults['too-many'], faults.unavailable);
    for (const words of ['too many', 'unavailable']) {
      const { status, error } = await world.turn('c', words);
      expect(status).toBe(502);
      expect(error?.data).toMatchObject({ retryable: true, retryAfterMs: 3_000 });
    }
  });

  it('reports what it left out of an answer that was too large', async () => {
    await using world = await openServer();
    world.emulator.next(
      'message',
      faults['many-activities'],
      faults['large-activity'],
      faults['deep-nesting'],
    );
    for (const words of ['many', 'large', 'deep']) {
      const { data } = await world.turn('c', words);
      const { turn, messages } = data as { turn: { parseIssues: string[] }; messages: unknown[] };
      expect(turn.parseIssues.length, words).toBeGreaterThan(0);
      expect(messages.length).toBeGreaterThan(0);
      expect(messages.length).toBeLessThanOrEqual(101);
    }
  });

  it('answers from one conversation per caller and conversation, never another', async () => {
    await using emulated = await openServer();
    const { emulator, turn } = emulated;
    const conversations = Array.from({ length: 8 }, (_, index) => `c${index}`);
    for (const round of ['one', 'two'])
      await Promise.all(conversations.map((id) => turn(id, `${round} in ${id}.`)));
    const pathOf = (words: string) => emulator.postsWith(words)[0]?.path;
    for (const id of conversations) expect(pathOf(`two in ${id}.`)).toBe(pathOf(`one in ${id}.`));
    expect(new Set(conversations.map((id) => pathOf(`one in ${id}.`))).size).toBe(8);
  });
});
