import { describe, expect, it } from 'vitest';
import { text } from '../../../cli/emulator/service/activities.ts';
import { says, streams } from '../../../cli/emulator/service/answers.ts';
import { startEmulator } from '../../../cli/emulator/service/start-emulator.ts';
import { deferred } from '../../support/deferred.ts';
import { startServerWithAgent } from './server-with-agent.ts';

/** A server over HTTP that asks the emulated service. */
async function openServer(env: Readonly<Record<string, string>> = {}) {
  const emulator = await startEmulator();
  const server = await startServerWithAgent({
    AGENT_PROVIDER: 'copilot-studio',
    COPILOT_DIRECT_CONNECT_URL: emulator.url,
    COPILOT_ACCESS_TOKEN: 'a-token-of-ours',
    ...env,
  });
  return {
    ...server,
    emulator,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

const interrupt = { whenBusy: 'interrupt' } as const;

describe('A turn that is interrupted while Copilot Studio answers', () => {
  it('leaves its POST, and the other runs in an agent conversation of its own', async () => {
    await using world = await openServer();
    const { emulator, turn } = world;
    expect((await turn('c', 'first')).status).toBe(200);
    emulator.next('message', says('Let me see', { ending: 'hang' }));
    const received = emulator.received('message');
    const running = turn('c', 'running');
    const { closed, conversationId } = await received;
    const urgent = await turn('c', 'urgent', interrupt);
    expect(await closed).toBe('left');
    expect((await running).error?.data).toMatchObject({ reason: 'TURN_INTERRUPTED', retryable: true });
    expect(urgent.data).toMatchObject({ turn: { number: 2 } });
    // The service has heard a turn that never happened, so its conversation is not continued.
    expect(emulator.posts()).toMatchObject({ start: 2, message: 3 });
    const [posted] = emulator.postsWith('urgent');
    expect(posted?.conversationId).not.toBe(conversationId);
    // Later turns stay in the new conversation.
    expect((await turn('c', 'tomorrow')).data).toMatchObject({ turn: { number: 3 } });
    expect(emulator.postsWith('tomorrow')[0]?.conversationId).toBe(posted?.conversationId);
    expect(emulator.posts().start).toBe(2);
  });

  it('leaves it as well before the first word has arrived', async () => {
    await using world = await openServer();
    const { emulator, turn } = world;
    emulator.next('message', { kind: 'silence' });
    const received = emulator.received('message');
    const running = turn('c', 'running');
    const { closed, conversationId } = await received;
    expect((await turn('c', 'urgent', interrupt)).data).toMatchObject({ turn: { number: 1 } });
    expect(await closed).toBe('left');
    expect((await running).error?.data.reason).toBe('TURN_INTERRUPTED');
    expect(emulator.postsWith('urgent')[0]?.conversationId).not.toBe(conversationId);
  });
});

describe('A server that shuts down while Copilot Studio answers', () => {
  it('reads the answer to its end, commits the turn, and closes', async () => {
    await using world = await openServer();
    const { emulator, turn } = world;
    const rest = deferred();
    emulator.next(
      'message',
      streams([{ activity: text('Let me see') }, { until: rest.promise }, { activity: text('There it is') }]),
    );
    const received = emulator.received('message');
    const running = turn('c', 'running');
    const { closed } = await received;
    let isStopped = false;
    const stopped = world.stop().then(() => {
      isStopped = true;
    });
    // The server accepts no further connection, and waits.
    await expect(turn('c', 'late')).rejects.toThrow('fetch failed');
    expect(isStopped).toBe(false);
    rest.resolve();
    const { data, status } = await running;
    expect(status).toBe(200);
    expect(data).toMatchObject({ turn: { number: 1 } });
    expect(JSON.stringify(data)).toContain('There it is');
    expect(await closed).toBe('answered');
    await stopped;
    await expect(fetch(world.url)).rejects.toThrow();
    // Committed turns are there for the next server.
    await using next = await startServerWithAgent({ REDIS_PREFIX: world.settings.redisPrefix });
    expect(await next.turnCount('c')).toBe(1);
    expect((await next.turn('c', 'running')).data).toMatchObject({ turn: { number: 1 }, replayed: true });
    expect(emulator.posts().message).toBe(1);
  });
});
