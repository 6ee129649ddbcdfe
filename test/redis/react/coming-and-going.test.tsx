import './support/install-dom.ts';
import { describe, expect, it } from 'vitest';
import { startOwnRedis } from '../../support/own-redis.ts';
import { startTestServer } from '../../support/running-server.ts';
import { openPage } from './support/open-page.ts';
import { said } from './support/page.tsx';

const nowhere = 'http://127.0.0.1:9';

describe('when the connection breaks', () => {
  it('says so, comes back by itself, and shows what was committed meanwhile, once', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    page.front.aim(nowhere);
    page.front.cut();
    await chat.until(({ connection }) => connection === 'interrupted');
    expect(chat.view).toMatchObject({ status: 'active', error: null });
    await page.say('c', 'one', 'One.');
    await page.say('c', 'two', 'Two.');
    page.front.aim(page.server.url);
    await chat.until(({ connection }) => connection === 'live');
    await chat.until(({ messages }) => messages.length === 6);
    expect(said(chat.view).slice(2)).toEqual([
      ...['user: one', 'assistant: One.', 'user: two', 'assistant: Two.'],
    ]);
    expect(page.sentTo('get')).toHaveLength(1);
  });

  it('shows no trace of a running turn that failed meanwhile', async () => {
    await using page = await openPage();
    const { conversation } = await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    const turn = conversation.turn('elsewhere');
    const asked = await page.agent.asked();
    asked.says('On its w');
    await chat.until(({ live }) => live?.texts.length === 1);
    page.front.aim(nowhere);
    page.front.cut();
    await chat.until(({ connection }) => connection === 'interrupted');
    asked.fails();
    await expect(turn).rejects.toMatchObject({ reason: 'AGENT_FAILED' });
    expect(chat.view.live).not.toBeNull();
    page.front.aim(page.server.url);
    await chat.until(({ connection }) => connection === 'live');
    expect(chat.view).toMatchObject({ live: null, busy: null });
  });

  it('goes on with another server', async () => {
    await using page = await openPage();
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    const REDIS_PREFIX = page.server.settings.redisPrefix;
    await using second = await startTestServer({ agent: page.agent, env: { REDIS_PREFIX } });
    page.front.aim(second.url);
    await page.server.stop();
    chat.do((view) => view.send('To Bergen'));
    (await page.agent.asked()).answers('Bergen it is.');
    await chat.until(({ pending, connection }) => pending === null && connection === 'live');
    expect(said(chat.view).slice(2)).toEqual(['user: To Bergen', 'assistant: Bergen it is.']);
  });

  it('goes on when Redis has been away', async () => {
    await using redis = await startOwnRedis({ appendOnly: true });
    await using page = await openPage({
      env: { REDIS_URL: redis.url },
      client: { retry: { attempts: 1 } },
    });
    await page.say('c');
    const chat = page.show({ conversationId: 'c' });
    await chat.until(({ connection }) => connection === 'live');
    await redis.stop();
    chat.do((view) => view.send('To Bergen'));
    const failed = await chat.until(({ pending }) => pending?.phase === 'failed');
    expect(failed.pending?.error?.reason).toBe('STATE_STORE_UNAVAILABLE');
    await redis.start();
    const answering = page.agent.asked().then((asked) => asked.answers('Bergen it is.'));
    while (chat.view.pending !== null) {
      chat.do((view) => view.retry());
      await chat.until(({ isSending }) => !isSending);
    }
    await answering;
    await chat.until(({ connection }) => connection === 'live');
    expect(said(chat.view).slice(2)).toEqual(['user: To Bergen', 'assistant: Bergen it is.']);
  });
});

describe('a conversation that could not be', () => {
  it('loaded says why, and is loaded when it is asked for again', async () => {
    await using page = await openPage();
    await page.say('c');
    page.front.aim(nowhere);
    const chat = page.show({ conversationId: 'c' });
    const failed = await chat.until(({ status }) => status === 'failed');
    expect(failed).toMatchObject({ error: { reason: 'UNREACHABLE' }, connection: 'interrupted' });
    expect(page.sentTo('get')).toHaveLength(3);
    page.front.aim(page.server.url);
    chat.do((view) => view.refetch());
    await chat.until(({ connection }) => connection === 'live');
    expect(chat.view).toMatchObject({ status: 'active', error: null });
  });

  it('watched is shown, says why it is not live, and is watched as soon as possible', async () => {
    await using page = await openPage({ env: { MAX_WATCHERS_PER_USER: '1' } });
    const { conversation } = await page.say('c');
    const other = conversation.watch();
    await other.next();
    const chat = page.show({ conversationId: 'c' });
    const refused = await chat.until(({ error }) => error !== null);
    expect(refused).toMatchObject({
      status: 'active',
      connection: 'interrupted',
      error: { reason: 'OVERLOADED' },
    });
    await other.return?.();
    await chat.until(({ connection, error }) => connection === 'live' && error === null);
  });
});
