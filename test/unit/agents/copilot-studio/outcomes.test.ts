import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../server/testing/manual-clock.ts';
import type { Answer } from '../../../../cli/emulator/service/answers.ts';
import {
  answersWith,
  redirectsTo,
  refuses,
  resetsTheRequest,
  says,
  saysNothing,
  streams,
} from '../../../../cli/emulator/service/answers.ts';
import { breaksOffInAFrame } from '../../../../cli/emulator/service/faults.ts';
import { startStranger } from '../../../../cli/emulator/service/stranger.ts';
import { callOptions } from '../../../../server/testing/agent-call.ts';
import { roomMs } from '../../../support/time.ts';
import { watchUnhandledRejections } from '../../../support/unhandled-rejections.ts';
import { agentAt, openingFailure, read, saying, startCopilotWorld, textsOf } from './copilot-world.ts';

const secret = 'The words of the body';

type Fault = readonly [name: string, answer: Answer, outcome: string];

const faults: readonly Fault[] = [
  ['turns the user away (403)', refuses(403, { body: secret }), 'failed'],
  ['does not know the conversation (404)', refuses(404, { body: secret }), 'failed'],
  ['does not understand it (400)', refuses(400, { body: secret }), 'failed'],
  ['wants no such method (405)', refuses(405, { body: secret }), 'refused'],
  ['finds it too large (413)', refuses(413, { body: secret }), 'refused'],
  ['has too much to do (429)', refuses(429, { body: secret }), 'refused'],
  ['waited for it too long (408)', refuses(408, { body: secret }), 'failed'],
  ['sends it to another of its servers (421)', refuses(421, { body: secret }), 'refused'],
  ['breaks down (500)', refuses(500, { body: secret }), 'failed'],
  ['is a proxy without a service (502)', refuses(502, { body: secret }), 'failed'],
  ['is not available (503)', refuses(503, { body: secret }), 'failed'],
  ['is a proxy without an answer (504)', refuses(504, { body: secret }), 'failed'],
  ['accepts it, for later (202)', refuses(202, { body: secret }), 'failed'],
  ['says nothing (204)', saysNothing, 'empty'],
  ['ends without a word', answersWith([]), 'empty'],
  ['answers with a web page', says(secret, { contentType: 'text/html' }), 'failed'],
  ['answers with JSON', says(secret, { contentType: 'application/json' }), 'failed'],
  ['never says that it ends', says(secret, { ending: 'close' }), 'ambiguous'],
  ['closes before the first word', answersWith([], { ending: 'close' }), 'ambiguous'],
  ['is cut off in the first frame', says(secret, { dropAfterBytes: 30 }), 'ambiguous'],
  ['is cut off further on', says(secret, { dropAfterBytes: 280 }), 'ambiguous'],
  ['resets the connection', resetsTheRequest, 'ambiguous'],
  ['sends JSON that breaks off', breaksOffInAFrame(), 'ambiguous'],
  ['sends text for an activity', streams([{ data: secret }]), 'ambiguous'],
  ['sends a list for an activity', streams([{ data: `[{"text":"${secret}"}]` }]), 'ambiguous'],
  ['sends null for an activity', streams([{ data: 'null' }]), 'ambiguous'],
];

describe('A message that Copilot Studio', () => {
  it.each(faults)('%s is reported as such, at once, and was posted once', async (_name, answer, outcome) => {
    using rejections = watchUnhandledRejections();
    await using world = await startCopilotWorld();
    world.emulator.next('message', answer);
    const { failure, tookMs } = await read(world, saying('the words of the user'));
    expect(failure).toMatchObject({ outcome });
    // The adapter reports a fault as soon as it occurs, without a wait.
    expect(tookMs).toBeLessThan(roomMs);
    expect(world.emulator.postsWith('the words of the user')).toHaveLength(1);
    expect(world.emulator.posts().total).toBe(1);
    expect(failure?.cause).toBeUndefined();
    for (const unsaid of ['words', 'token-of', world.emulator.url, '127.0.0.1']) {
      expect(failure?.message).not.toContain(unsaid);
    }
    await world.emulator.requests[0]?.closed;
    expect(rejections.unhandled).toEqual([]);
  });

  it('answers with 405 is told with what that may mean: it takes no token of an application', async () => {
    await using world = await startCopilotWorld();
    world.emulator.next('message', refuses(405));
    const { failure } = await read(world, saying('the words of the user'));
    expect(failure?.message).toContain("an application's own token");
  });

  it('answers in part is read as far as it came, before the failure is reported', async () => {
    await using world = await startCopilotWorld();
    world.emulator.next('message', breaksOffInAFrame());
    expect(textsOf(await read(world, saying('Good day')))).toEqual(['Before']);
  });

  it('redirects goes nowhere else, and neither does the token', async () => {
    await using stranger = await startStranger();
    for (const status of [301, 302, 303, 307, 308] as const) {
      await using world = await startCopilotWorld();
      world.emulator.next('message', redirectsTo(stranger.url, status));
      const { failure, activities } = await read(world, saying('Good day'));
      expect(failure).toMatchObject({ outcome: 'failed' });
      expect(failure?.message).not.toContain(stranger.url);
      expect(activities).toEqual([]);
      world.emulator.next('start', redirectsTo(stranger.url, status));
      expect(await openingFailure(world)).toMatchObject({ outcome: 'failed' });
      expect(world.emulator.posts()).toMatchObject({ start: 1, message: 1 });
    }
    expect(stranger.requests).toEqual([]);
  });
});

describe('A service that asks to be left alone for a while', () => {
  const now = Date.UTC(2026, 8, 14, 12, 0, 0);
  it.each([
    [429, '3', 3_000],
    [503, '3', 3_000],
    [429, 'Mon, 14 Sep 2026 12:01:30 GMT', 90_000],
    [503, 'Mon, 14 Sep 2026 11:00:00 GMT', 0],
    [429, 'soon', undefined],
    [429, '-5', undefined],
    [503, '999999999', 86_400_000],
  ])('is reported with that time: %i, %s', async (status, retryAfter, retryAfterMs) => {
    await using world = await startCopilotWorld({ clock: new ManualClock(now) });
    world.emulator.next('message', refuses(status, { retryAfter }));
    const { failure } = await read(world, saying('Good day'), { deadlineAt: now + 30_000 });
    expect(failure?.retryAfterMs).toBe(retryAfterMs);
    world.emulator.next('start', refuses(status, { retryAfter }));
    expect((await openingFailure(world)).retryAfterMs).toBe(retryAfterMs);
  });
});

describe('A service that no connection can be had to', () => {
  it('has heard nothing: the message is refused, and the next one goes on as if nothing had been', async () => {
    await using world = await startCopilotWorld();
    const id = await world.agent.open(callOptions());
    await world.emulator.stopListening();
    const { failure, tookMs } = await read(world, saying('one', id));
    expect(failure).toMatchObject({ outcome: 'refused' });
    expect(failure?.message).toContain('ECONNREFUSED');
    // The adapter reports a fault as soon as it occurs, without a wait.
    expect(tookMs).toBeLessThan(roomMs);
    expect(await openingFailure(world)).toMatchObject({ outcome: 'refused' });
    await world.emulator.listenAgain();
    expect(await read(world, saying('two', id))).toMatchObject({ failure: null });
    expect(world.emulator.posts()).toMatchObject({ start: 1, message: 1 });
  });

  it('has a name that nobody knows', async () => {
    const agent = agentAt('http://agent.invalid/');
    const { failure } = await read({ agent }, saying('Good day'));
    expect(failure).toMatchObject({ outcome: 'refused' });
    expect(failure?.message).not.toContain('agent.invalid');
  });

  it('takes the connection, and closes it without a word: it may have heard', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const agent = agentAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect((await read({ agent }, saying('Good day'))).failure).toMatchObject({ outcome: 'ambiguous' });
    server.close();
  });
});
