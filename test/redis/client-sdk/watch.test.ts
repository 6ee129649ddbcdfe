import { describe, expect, it } from 'vitest';
import { createTurnkeeperClient, hasReason } from '../../../client-sdk/src/index.ts';
import { faultyProxy } from './faulty-proxy.ts';
import { nextOf, openWatched } from './open-watched.ts';
import { pacedClient } from './paced.ts';

describe('watching', () => {
  it('shows turns that are made elsewhere, and ends by itself with the conversation', async () => {
    await using test = await openWatched();
    const events = test.conversation.watch({ after: 0 });
    const seen: string[] = [];
    let isEnding = false;
    for await (const event of events) {
      seen.push(event.type);
      if (event.type === 'turn.committed') {
        seen.push(...event.messages.map(({ text }) => text ?? ''));
        expect(event.workflowId).toBe('leave-request');
        expect(event.workflowState.openedAt).toBeInstanceOf(Date);
        if (isEnding) await test.elsewhere.end({ outcome: 'cancelled' });
        else await test.say('two');
        isEnding = true;
      }
    }
    expect(seen.filter((type) => type !== 'turn.started')).toEqual([
      'watch.started',
      ...['turn.committed', 'one', 'You said one.'],
      ...['turn.committed', 'two', 'You said two.'],
      'conversation.ended',
    ]);
  });

  it('resumes after the last event when the connection breaks, with new headers', async () => {
    await using test = await openWatched();
    const events = test.conversation.watch();
    await nextOf(events, 'watch.started');
    for (const words of ['two', 'three', 'four']) {
      const before = test.tokens.length;
      test.front.cut();
      await test.say(words);
      expect(await nextOf(events, 'watch.interrupted')).toMatchObject({ error: { reason: 'UNREACHABLE' } });
      expect(await nextOf(events, 'turn.committed')).toMatchObject({ turnId: words });
      expect(test.tokens.length).toBeGreaterThan(before);
    }
    await events.return?.();
  });

  it('keeps trying for as long as the server is away, once it has begun, and waits longer and longer', async () => {
    await using test = await openWatched();
    const events = test.conversation.watch();
    await nextOf(events, 'watch.started');
    test.front.aim('http://127.0.0.1:9');
    test.front.cut();
    for (let tries = 0; tries < 12; tries += 1) await nextOf(events, 'watch.interrupted');
    test.front.aim(test.server.url);
    await test.say('two');
    expect(await nextOf(events, 'turn.committed')).toMatchObject({ turnId: 'two' });
    expect(test.delaysMs.slice(0, 7)).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
    await events.return?.();
  });

  it('goes elsewhere when its server shuts down', async () => {
    await using test = await openWatched();
    const events = test.conversation.watch();
    await nextOf(events, 'watch.started');
    const stopped = test.server.stop();
    expect(await nextOf(events, 'watch.interrupted')).toMatchObject({ error: { reason: 'SHUTTING_DOWN' } });
    await stopped;
    await events.return?.();
  });

  it("fails at once for a reason that does not pass, and after the policy's tries where it never began", async () => {
    await using test = await openWatched();
    const none = test.client.conversation('leave-request', 'none').watch();
    await expect(none.next()).rejects.toMatchObject({ reason: 'WORKFLOW_NOT_FOUND', httpStatus: 404 });
    const { client, delaysMs } = pacedClient({ url: 'http://127.0.0.1:9', retry: { attempts: 3 } });
    const away = client.resume('c').watch();
    expect((await away.next()).value).toMatchObject({ type: 'watch.interrupted' });
    expect((await away.next()).value).toMatchObject({ type: 'watch.interrupted' });
    await expect(away.next()).rejects.toMatchObject({ reason: 'UNREACHABLE' });
    expect(delaysMs).toHaveLength(2);
  });

  it("tells a foreign page from a Turnkeeper server, and the server's own refusal from both", async () => {
    await using proxy = await faultyProxy(null, [
      { status: 404, body: '<h1>Not here</h1>' },
      'UNAUTHENTICATED',
    ]);
    const { client } = pacedClient({ url: proxy.url });
    const watch = () => client.resume('c').watch().next();
    await expect(watch()).rejects.toMatchObject({ reason: 'UNREACHABLE', httpStatus: 404 });
    await expect(watch()).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' });
  });

  it('stops when its caller does, by the signal or by leaving the loop, and the server frees its place', async () => {
    await using test = await openWatched();
    const reason = new Error('enough');
    const controller = new AbortController();
    const events = test.conversation.watch({ signal: controller.signal });
    await nextOf(events, 'watch.started');
    const left = events.next();
    controller.abort(reason);
    await expect(left).rejects.toBe(reason);
    // One watch more than the server allows at once.
    for (let watches = 0; watches <= 20; watches += 1) {
      for await (const event of test.conversation.watch()) {
        if (event.type === 'watch.started') break;
      }
    }
  });

  it('waits for a conversation that its first turn is yet to open', async () => {
    await using test = await openWatched();
    const id = `${test.conversation.id}-later`;
    const events = test.client.conversation('leave-request', id).watch({ awaitOpening: true });
    await nextOf(events, 'watch.started');
    test.agent.willAnswer({ text: 'Hello.' });
    await createTurnkeeperClient({ url: test.server.url }).conversation('leave-request', id).open();
    expect(await nextOf(events, 'turn.committed')).toMatchObject({ turn: { number: 1 } });
    await events.return?.();
  });

  it('fails with an error that its reason narrows', async () => {
    await using test = await openWatched();
    try {
      for await (const event of test.client.resume('none').watch()) expect(event).toBeNull();
      expect.unreachable();
    } catch (error) {
      expect(hasReason(error, 'WORKFLOW_NOT_FOUND')).toBe(true);
    }
  });
});
