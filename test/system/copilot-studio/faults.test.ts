import { describe, expect, it } from 'vitest';
import { redirectsTo, refuses, says } from '../../../cli/emulator/service/answers.ts';
import { faults } from '../../../cli/emulator/service/faults.ts';
import { startEmulator } from '../../../cli/emulator/service/start-emulator.ts';
import { startStranger } from '../../../cli/emulator/service/stranger.ts';
import { bytesOf, idHeader, postStart, postWords, readEvents, readTexts } from './plain-client.ts';
import { rejectionOf } from './rejection-of.ts';

describe("Each of the emulator's faults", () => {
  it.each([
    ['unauthorized', 401, { 'www-authenticate': 'Bearer' }],
    ['forbidden', 403, {}],
    ['not-found', 404, {}],
    ['too-many', 429, { 'retry-after': '3' }],
    ['unavailable', 503, { 'retry-after': '3' }],
    ['server-error', 500, {}],
    ['empty', 204, {}],
  ] as const)('%s is status %i', async (name, status, headers) => {
    await using emulator = await startEmulator();
    emulator.next('message', faults[name]);
    const response = await postWords(emulator, 'hello');
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject(headers);
    expect(await response.text()).toBe(
      name === 'server-error' ? 'The emulated agent failed, as it was told to.' : '',
    );
    expect(emulator.posts()).toMatchObject({ message: 1, heard: status === 204 ? 1 : 0 });
  });

  it('can send a retry date', async () => {
    await using emulator = await startEmulator();
    const retryAfter = 'Wed, 21 Oct 2026 07:28:00 GMT';
    emulator.next('start', refuses(503, { retryAfter }));
    expect((await postStart(emulator)).headers.get('retry-after')).toBe(retryAfter);
  });

  it('silence answers nothing, and sees the client leave', async () => {
    await using emulator = await startEmulator();
    emulator.next('message', faults.silence);
    const leaving = new AbortController();
    const received = emulator.received('message');
    const answer = rejectionOf(postWords(emulator, 'hello', { signal: leaving.signal }));
    const request = await received;
    expect([request.status, request.isHeard]).toEqual([null, true]);
    leaving.abort();
    expect(await answer).toMatchObject({ name: 'AbortError' });
    expect(await request.closed).toBe('left');
  });

  it.each([
    ['silence-after-headers', 0],
    ['silence-after-words', 1],
  ] as const)('%s sends this much, and no more', async (name, expected) => {
    await using emulator = await startEmulator();
    emulator.next('message', faults[name]);
    const leaving = new AbortController();
    const response = await postWords(emulator, 'hello', { signal: leaving.signal });
    expect(response.status).toBe(200);
    const reader = bytesOf(response).getReader();
    for (let frames = 0; frames < expected; frames += 1) expect((await reader.read()).done).toBe(false);
    const more = rejectionOf(reader.read());
    leaving.abort();
    expect(await more).toMatchObject({ name: 'AbortError' });
    expect(await emulator.requests[0]?.closed).toBe('left');
  });

  it('drip sends a few bytes at a time, and all in the end', async () => {
    await using emulator = await startEmulator();
    emulator.next('message', says('slowly', { pace: { bytes: 5, everyMs: 2 } }));
    const sizes: number[] = [];
    const response = await postWords(emulator, 'hello');
    const decoder = new TextDecoder();
    let body = '';
    for await (const chunk of bytesOf(response)) {
      sizes.push(chunk.length);
      body += decoder.decode(chunk, { stream: true });
    }
    expect(sizes.length).toBeGreaterThan(10);
    expect(await readTexts(new Response(body))).toEqual(['slowly']);
  });

  it.each([1, 40, 150])('drop cuts the socket after %i bytes', async (dropAfterBytes) => {
    await using emulator = await startEmulator();
    emulator.next('message', says('never whole', { dropAfterBytes }));
    const response = await postWords(emulator, 'hello');
    let bytes = 0;
    const cut = rejectionOf(
      (async () => {
        for await (const chunk of bytesOf(response)) bytes += chunk.length;
      })(),
    );
    expect(await cut).toMatchObject({ name: 'TypeError', message: 'terminated' });
    expect(bytes).toBe(dropAfterBytes);
    expect(await emulator.requests[0]?.closed).toBe('cut');
  });

  it('reset cuts the connection while the request is being sent, and keeps the bytes received', async () => {
    await using emulator = await startEmulator();
    emulator.next('message', faults.reset);
    const error = await rejectionOf(postWords(emulator, 'x'.repeat(5_000_000)));
    expect(error).toMatchObject({
      cause: { code: expect.stringMatching(/ECONNRESET|EPIPE|UND_ERR_SOCKET/) as string },
    });
    const [request] = emulator.requests;
    expect(request?.rawBody).toMatch(/^\{"activity"/);
    expect(request?.rawBody.length).toBeLessThan(5_000_000);
    expect(emulator.posts()).toEqual({ start: 0, message: 1, total: 1, heard: 0 });
  });

  it('no-end closes the body without the frame that ends it', async () => {
    await using emulator = await startEmulator();
    emulator.next('message', faults['no-end']);
    const events = await readEvents(await postWords(emulator, 'hello'));
    expect(events.map(({ event: name }) => name)).toEqual(['activity']);
  });

  it('bad-json breaks one frame between two good ones', async () => {
    await using emulator = await startEmulator();
    emulator.next('message', faults['bad-json']);
    const events = await readEvents(await postWords(emulator, 'hello'));
    expect(events.map(({ event: name }) => name)).toEqual(['activity', 'activity', 'activity', 'end']);
    expect(() => JSON.parse(events[1]?.data ?? '') as unknown).toThrow(SyntaxError);
  });

  it('no-conversation-id omits the id; it can also be in the activities only, or be another one', async () => {
    await using emulator = await startEmulator();
    emulator.next('message', faults['no-conversation-id']);
    emulator.next('message', says('a', { conversationIdIn: 'activities' }));
    emulator.next('message', says('b', { claimedConversationId: '../../elsewhere' }));
    const told: unknown[] = [];
    for (const words of ['one', 'two', 'three']) {
      const response = await postWords(emulator, words);
      const [first] = await readEvents(response);
      const { conversation } = JSON.parse(first?.data ?? '') as { conversation?: { id: string } };
      told.push([response.headers.get(idHeader), conversation?.id]);
    }
    expect(told).toEqual([
      [null, undefined],
      [null, expect.stringMatching(/^[0-9a-f-]{36}$/)],
      ['../../elsewhere', '../../elsewhere'],
    ]);
  });

  it('wrong-content-type calls the stream something else', async () => {
    await using emulator = await startEmulator();
    emulator.next('message', faults['wrong-content-type']);
    const response = await postWords(emulator, 'hello');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html']);
  });

  it('large-activity, many-activities and deep-nesting are as large as they say', async () => {
    await using emulator = await startEmulator();
    emulator.next('message', faults['large-activity'], faults['many-activities'], faults['deep-nesting']);
    const [large] = await readTexts(await postWords(emulator, 'one'));
    expect(String(large)).toHaveLength(1_000_000);
    expect(await readTexts(await postWords(emulator, 'two'))).toHaveLength(10_000);
    const [deep] = await readEvents(await postWords(emulator, 'three'));
    expect(deep?.data.match(/\{"a":/g)).toHaveLength(10_000);
  });

  it.each([301, 302, 303, 307, 308] as const)(
    'a redirect (%i) leads to a host that reports whether the token arrived there',
    async (status) => {
      await using stranger = await startStranger();
      await using emulator = await startEmulator();
      emulator.next('message', redirectsTo(stranger.url, status), redirectsTo(stranger.url, status));
      const seen = await postWords(emulator, 'hello', { redirect: 'manual' });
      expect([seen.status, seen.headers.get('location')]).toEqual([status, stranger.url]);
      expect(stranger.requests).toEqual([]);

      const followed = await postWords(emulator, 'again');
      expect(await readTexts(followed)).toEqual(['from a stranger']);
      expect(stranger.requests).toHaveLength(1);
      await fetch(stranger.url, { headers: { authorization: 'Bearer leaked' } });
      expect(stranger.requests.at(-1)?.headers.authorization).toBe('Bearer leaked');
    },
  );

  it('a stopped emulator refuses connections, until it listens again under the same address', async () => {
    await using emulator = await startEmulator();
    await emulator.stopListening();
    expect(await rejectionOf(postStart(emulator))).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await emulator.listenAgain();
    expect((await postStart(emulator)).status).toBe(200);
  });

  it('an agent of the test that throws is a 500 that says why', async () => {
    await using emulator = await startEmulator({ agent: () => Promise.reject(new Error('not today')) });
    const response = await postStart(emulator);
    expect([response.status, await response.text()]).toEqual([500, 'Error: not today']);
  });
});
