import { describe, expect, it } from 'vitest';
import { createParser } from 'eventsource-parser';
import type { EventSourceMessage } from 'eventsource-parser';
import { deferred } from '../../support/deferred.ts';
import {
  adaptiveCard,
  attachment,
  citing,
  endOfConversation,
  event,
  heroCard,
  structured,
  suggesting,
  text,
  typing,
  streamedText,
} from '../../../cli/emulator/service/activities.ts';
import { answersWith, saysNothing, streams } from '../../../cli/emulator/service/answers.ts';
import { apiVersion } from '../../../cli/emulator/service/read-request.ts';
import { startEmulator } from '../../../cli/emulator/service/start-emulator.ts';
import {
  bytesOf,
  idHeader,
  post,
  postActivity,
  postStart,
  postWords,
  readEvents,
  readTexts,
} from './plain-client.ts';
import { rejectionOf } from './rejection-of.ts';

describe('The emulator speaks the conversations API', () => {
  it('starts a conversation, returns its id in the header, and ends with an end frame', async () => {
    await using emulator = await startEmulator();
    const response = await postStart(emulator);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const id = response.headers.get(idHeader);
    expect(id).toMatch(/^[A-Za-z0-9-]{1,64}$/);
    const events = await readEvents(response);
    expect(events.at(-1)).toMatchObject({ event: 'end', data: 'end' });
    expect(events[0]?.event).toBe('activity');
    expect(JSON.parse(events[0]?.data ?? '')).toMatchObject({
      type: 'message',
      text: 'Hello, I am the emulated agent.',
      conversation: { id },
      from: { role: 'bot' },
    });
  });

  it('continues a known conversation, and silently begins another for an unknown id', async () => {
    await using emulator = await startEmulator();
    const id = (await postStart(emulator)).headers.get(idHeader) ?? '';

    const known = await postActivity(emulator, id, { type: 'message', text: 'one' });
    expect(known.headers.get(idHeader)).toBe(id);
    expect(await readTexts(known)).toEqual(['You said: one']);

    const unknown = await postActivity(emulator, 'nobody-s', { type: 'message', text: 'two' });
    expect(unknown.status).toBe(200);
    expect(unknown.headers.get(idHeader)).not.toBe('nobody-s');
    expect(unknown.headers.get(idHeader)).not.toBe(id);
  });

  it('passes message, invoke and event activities, card data and the locale on to its agent', async () => {
    const heard: unknown[] = [];
    await using emulator = await startEmulator({
      agent: (what) => {
        heard.push(what);
        return saysNothing;
      },
    });
    await post(`${emulator.url}/conversations`, { emitStartConversationEvent: false, locale: 'de-DE' }, {});
    await postActivity(emulator, 'x', { type: 'message', text: '', value: { days: 3 } });
    await postActivity(emulator, 'x', { type: 'invoke', name: 'adaptiveCard/action', value: { action: {} } });

    expect(heard).toMatchObject([
      { kind: 'start', activity: null, locale: 'de-DE', emitStartConversationEvent: false },
      { kind: 'message', activity: { type: 'message', text: '', value: { days: 3 } } },
      { kind: 'message', activity: { type: 'invoke', name: 'adaptiveCard/action' } },
    ]);
  });

  it('refuses what the service would refuse, before its agent sees it', async () => {
    await using emulator = await startEmulator();
    const { url } = emulator;
    const start = { emitStartConversationEvent: true };
    const statuses = await Promise.all([
      fetch(`${url}/conversations`, { method: 'POST' }),
      fetch(`${url}/conversations?api-version=${apiVersion}`),
      fetch(`${url}/elsewhere`, { method: 'POST' }),
      post(`${url}/conversations?api-version=1&`, start, {}),
      post(`${url}/conversations`, start, { headers: { authorization: 'Basic abc' } }),
      post(`${url}/conversations`, start, { headers: { accept: 'application/json' } }),
      post(`${url}/conversations`, start, { headers: { 'content-type': 'text/plain' } }),
      post(`${url}/conversations`, 'no object', {}),
      post(`${url}/conversations/x`, { activity: { text: 'without a type' } }, {}),
      post(`${url}/conversations/x`, { activity: { type: 'message' }, conversationId: 'y' }, {}),
    ]);

    expect(statuses.map(({ status }) => status)).toEqual([401, 404, 404, 400, 401, 406, 415, 400, 400, 400]);
    expect(emulator.posts()).toMatchObject({ total: 9, heard: 0 });
  });

  it('accepts only the given tokens, given at the start or later', async () => {
    await using emulator = await startEmulator({ acceptedTokens: ['any'] });
    expect((await postStart(emulator)).status).toBe(200);
    emulator.acceptOnly('renewed');
    const refused = await postStart(emulator);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const renewed = await postStart(emulator, { headers: { authorization: 'Bearer renewed' } });
    expect(renewed.status).toBe(200);
  });

  it('answers with every kind of activity as it was scripted, request by request', async () => {
    await using emulator = await startEmulator();
    const card = { type: 'AdaptiveCard', version: '1.5', body: [] };
    const sent = [
      typing,
      structured('Noted.', { data: { days: 3 } }),
      adaptiveCard(card),
      heroCard({ title: 'A picture', images: [{ url: 'https://example.com/a.png' }] }),
      attachment('application/pdf', 'https://example.com/a.pdf', 'The terms'),
      suggesting('Which?', ['this', 'that']),
      citing('It is so [1].', ['https://example.com/source']),
      event('progress', { done: 1 }),
      endOfConversation(),
    ];
    emulator.next('message', answersWith(sent), saysNothing);

    const events = await readEvents(await postWords(emulator, 'first'));
    const received = events.slice(0, -1).map(({ data }) => JSON.parse(data) as unknown);
    expect(received).toMatchObject(sent);
    expect(received.at(-3)).toMatchObject({
      entities: [{ '@type': 'Message', citation: [{ appearance: { url: 'https://example.com/source' } }] }],
    });
    const second = await postWords(emulator, 'second');
    expect([second.status, await second.text()]).toEqual([204, '']);
    expect(await readTexts(await postWords(emulator, 'third'))).toEqual(['You said: third']);
  });

  it('streams a text as deltas or as what was said so far, its facts in an entity or in channelData', () => {
    const deltas = streamedText(['Good ', 'day'], { informative: 'Searching …', more: { value: { a: 1 } } });
    const facts = (streamType: string, more: object = {}): object[] => [
      { type: 'streaminfo', streamId: 'stream-1', streamType, ...more },
    ];
    expect(deltas).toMatchObject([
      { type: 'typing', text: 'Searching …', entities: facts('informative', { streamSequence: 1 }) },
      {
        type: 'typing',
        text: 'Good ',
        entities: facts('streaming', { streamSequence: 2, chunkType: 'delta' }),
      },
      {
        type: 'typing',
        text: 'day',
        entities: facts('streaming', { streamSequence: 3, chunkType: 'delta' }),
      },
      { type: 'message', text: 'Good day', entities: facts('final'), value: { a: 1 } },
    ]);

    const cumulative = streamedText(['Good ', 'day'], { pieces: 'cumulative', factsIn: 'channelData' });
    expect(cumulative.map((activity) => 'text' in activity && activity.text)).toEqual([
      'Good ',
      'Good day',
      'Good day',
    ]);
    expect(cumulative[0]).toEqual({
      type: 'typing',
      text: 'Good ',
      channelData: { streamId: 'stream-1', streamType: 'streaming', streamSequence: 1 },
    });
    expect(cumulative.at(-1)).not.toHaveProperty('entities');
  });

  it('sends pieces as they come, and the rest when it may', async () => {
    await using emulator = await startEmulator();
    const rest = deferred();
    const [first, second, final] = streamedText(['Good ', 'day']);
    const items = [{ activity: first ?? {} }, { until: rest.promise }, { activity: second ?? {} }];
    emulator.next('message', streams([...items, { activity: final ?? {} }]));
    const response = await postWords(emulator, 'hello');
    const events: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (received) => events.push(received) });
    for await (const chunk of bytesOf(response).pipeThrough(new TextDecoderStream())) {
      parser.feed(chunk);
      if (events.length === 1) rest.resolve();
    }
    expect(events.map(({ event: name }) => name)).toEqual(['activity', 'activity', 'activity', 'end']);
  });

  it('sends the next piece only once it may', async () => {
    await using emulator = await startEmulator();
    const never = deferred();
    emulator.next('message', streams([{ activity: text('one') }, { until: never.promise }]));
    const leaving = new AbortController();
    const response = await postWords(emulator, 'hello', { signal: leaving.signal });
    const reader = bytesOf(response).getReader();
    await reader.read();
    const more = rejectionOf(reader.read());
    leaving.abort();
    expect(await more).toMatchObject({ name: 'AbortError' });
    expect(await emulator.requests[0]?.closed).toBe('left');
  });

  it.each(['\n', '\r\n', '\r'] as const)(
    'spells frames in every way that is allowed (lines end in %j)',
    async (lineEnd) => {
      await using emulator = await startEmulator();
      const style = { lineEnd, ids: true, manyLines: true, comments: true };
      emulator.next('message', answersWith([text('Grüße'), text('two')], { style }));
      const body = await (await postWords(emulator, 'hello')).text();

      expect(body).toContain(
        `: keep-alive${lineEnd}${lineEnd}event: activity${lineEnd}id: 1${lineEnd}data: {`,
      );
      expect(body).toContain(`${lineEnd}data:   "text": "Grüße"`);
      const events = await readEvents(new Response(body));
      expect(events.map(({ id }) => id)).toEqual(['1', '2', undefined]);
      expect(JSON.parse(events[0]?.data ?? '')).toMatchObject({ text: 'Grüße' });
    },
  );

  it('supports subscribing: past activities after an event, then new ones, until the client leaves', async () => {
    await using emulator = await startEmulator();
    const started = await postStart(emulator);
    const id = started.headers.get(idHeader) ?? '';
    await postActivity(emulator, id, { type: 'message', text: 'one' });
    const leaving = new AbortController();
    const response = await fetch(`${emulator.url}/conversations/${id}/subscribe?api-version=${apiVersion}`, {
      headers: { authorization: 'Bearer any', accept: 'text/event-stream', 'last-event-id': '1' },
      signal: leaving.signal,
    });
    const events: EventSourceMessage[] = [];
    const parser = createParser({ onEvent: (received) => events.push(received) });
    for await (const chunk of bytesOf(response).pipeThrough(new TextDecoderStream())) {
      parser.feed(chunk);
      if (events.length === 1) emulator.push(id, text('by the way'));
      if (events.length === 2) break;
    }
    leaving.abort();
    expect(events.map((received) => received.id)).toEqual(['2', '3']);
    expect(events.map(({ data }) => JSON.parse(data) as unknown)).toMatchObject([
      { text: 'You said: one' },
      { text: 'by the way' },
    ]);
    expect(await emulator.requests.at(-1)?.closed).toBe('left');
    expect(emulator.posts().total).toBe(2);
  });
});
