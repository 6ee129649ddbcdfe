import { Activity } from '@microsoft/agents-activity';
import { ConnectionSettings, CopilotStudioClient } from '@microsoft/agents-copilotstudio-client';
import { describe, expect, it } from 'vitest';
import {
  adaptiveCard,
  endOfConversation,
  structured,
  text,
  streamedText,
} from '../../../cli/emulator/service/activities.ts';
import { answersWith, says, saysNothing } from '../../../cli/emulator/service/answers.ts';
import type { Emulator } from '../../../cli/emulator/service/start-emulator.ts';
import { faults } from '../../../cli/emulator/service/faults.ts';
import { normalizedRequest } from '../../../cli/emulator/service/request-log.ts';
import { startEmulator } from '../../../cli/emulator/service/start-emulator.ts';

function clientOf({ url }: Emulator): CopilotStudioClient {
  const settings = new ConnectionSettings();
  settings.directConnectUrl = url;
  return new CopilotStudioClient(settings, 'a-token');
}

async function all(answer: AsyncIterable<Activity>): Promise<Activity[]> {
  const activities: Activity[] = [];
  for await (const activity of answer) activities.push(activity);
  return activities;
}

const textsOf = (activities: readonly Activity[]): (string | undefined)[] =>
  activities.map((activity) => activity.text);

describe("Microsoft's own client holds a conversation with the emulator", () => {
  it('starts one, and says words in it', async () => {
    await using emulator = await startEmulator();
    const client = clientOf(emulator);
    const started = await client.startConversationWithResponse({
      emitStartConversationEvent: true,
      locale: 'en-GB',
    });
    expect(textsOf(started.activities)).toEqual(['Hello, I am the emulated agent.']);

    const message = Activity.fromObject({ type: 'message', text: 'Good day' });
    expect(textsOf(await all(client.sendActivityStreaming(message)))).toEqual(['You said: Good day']);
    const next = Activity.fromObject({ type: 'message', text: 'Good evening' });
    const executed = await client.executeWithResponse(next, started.conversationId);
    expect(textsOf(executed.activities)).toEqual(['You said: Good evening']);
    expect(emulator.requests.map(({ kind, conversationId }) => [kind, conversationId])).toEqual([
      ['start', null],
      ['message', started.conversationId],
      ['message', started.conversationId],
    ]);
  });

  it('joins the pieces of a streamed text, wherever their facts are', async () => {
    await using emulator = await startEmulator();
    const client = clientOf(emulator);
    await client.startConversationWithResponse();
    for (const factsIn of ['entities', 'channelData'] as const) {
      emulator.next('message', answersWith(streamedText(['Good ', 'day, ', 'Ana'], { factsIn })));
      const message = Activity.fromObject({ type: 'message', text: factsIn });
      const activities = await all(client.sendActivityStreaming(message));
      expect(activities.map(({ type, text: words }) => [type, words])).toEqual([
        ['typing', 'Good '],
        ['typing', 'Good day, '],
        ['typing', 'Good day, Ana'],
        ['message', 'Good day, Ana'],
      ]);
    }
  });

  it('is shown a card, submits it, and gets a value back', async () => {
    await using emulator = await startEmulator();
    const client = clientOf(emulator);
    const card = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'Input.Number', id: 'days' }] };
    emulator.next('start', answersWith([adaptiveCard(card, 'How long?')]));
    emulator.next(
      'message',
      answersWith([structured('Three days.', { data: { days: 3 } }), endOfConversation()]),
    );
    const { activities, conversationId } = await client.startConversationWithResponse();
    expect(activities[0]?.attachments?.[0]).toMatchObject({
      contentType: 'application/vnd.microsoft.card.adaptive',
      content: card,
    });

    const submit = Activity.fromObject({ type: 'message', text: '', value: { days: 3 } });
    const answer = await client.executeWithResponse(submit, conversationId);
    expect(answer.activities).toMatchObject([
      { type: 'message', text: 'Three days.', value: { data: { days: 3 } } },
      { type: 'endOfConversation' },
    ]);
    expect(emulator.requests.at(-1)?.body).toEqual({
      activity: { type: 'message', text: '', value: { days: 3 } },
      conversationId,
    });
  });

  it('takes the conversation id from the first message where the header is missing', async () => {
    await using emulator = await startEmulator();
    const client = clientOf(emulator);
    emulator.next('start', says('Hello', { conversationIdIn: 'activities' }));
    const { conversationId } = await client.startConversationWithResponse();
    await all(client.sendActivityStreaming(Activity.fromObject({ type: 'message', text: 'Hi' })));
    expect(conversationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(emulator.requests.at(-1)?.conversationId).toBe(conversationId);
  });

  it('takes 204 for an answer that says nothing, and frames in any spelling', async () => {
    await using emulator = await startEmulator();
    const client = clientOf(emulator);
    await client.startConversationWithResponse();
    const style = { lineEnd: '\r\n', ids: true, manyLines: true, comments: true } as const;
    emulator.next('message', saysNothing, says('spelt otherwise', { style }));
    const send = (words: string): Promise<Activity[]> =>
      all(client.sendActivityStreaming(Activity.fromObject({ type: 'message', text: words })));
    expect(await send('one')).toEqual([]);
    expect(textsOf(await send('two'))).toEqual(['spelt otherwise']);
  });

  it('subscribes, from an event on', async () => {
    await using emulator = await startEmulator();
    const client = clientOf(emulator);
    emulator.next('start', answersWith([text('one'), text('two')]));
    const { conversationId } = await client.startConversationWithResponse();
    const subscription = client.subscribeAsync(conversationId, '1');
    const missed = await subscription.next();
    emulator.push(conversationId, text('three'));
    const pushed = await subscription.next();
    await subscription.return(undefined);
    expect([missed.value, pushed.value]).toMatchObject([
      { eventId: '2', activity: { text: 'two' } },
      { eventId: '3', activity: { text: 'three' } },
    ]);
    expect(emulator.requests.at(-1)).toMatchObject({
      kind: 'subscribe',
      path: expect.stringMatching(`/conversations/${conversationId}/subscribe$`) as string,
    });
    expect(await emulator.requests.at(-1)?.closed).toBe('left');
  });
});

describe("The same client's requests", () => {
  it('are recorded here, to compare other clients with', async () => {
    await using emulator = await startEmulator();
    const client = clientOf(emulator);
    const { conversationId } = await client.startConversationWithResponse();
    await client.executeWithResponse(Activity.fromObject({ type: 'message', text: 'Hi' }), conversationId);

    const path = `${new URL(emulator.url).pathname}/conversations`;
    const shared = {
      method: 'POST',
      query: { 'api-version': '2022-03-01-preview' },
      headers: {
        authorization: 'Bearer a-token',
        'content-type': 'application/json',
        accept: 'text/event-stream',
        'cache-control': 'no-cache',
        pragma: 'no-cache',
        'accept-language': '*',
        'sec-fetch-mode': 'cors',
        'accept-encoding': expect.stringContaining('gzip') as string,
      },
    };
    expect(emulator.requests.map(normalizedRequest)).toEqual([
      { ...shared, path, body: { emitStartConversationEvent: true } },
      {
        ...shared,
        path: `${path}/${conversationId}`,
        body: { activity: { type: 'message', text: 'Hi' }, conversationId },
      },
    ]);
    expect(emulator.requests[0]?.headers['user-agent']).toMatch(/^CopilotStudioClient\.agents-sdk-js\//);
  });

  it('come again and again when an answer breaks off: the emulator catches that', async () => {
    const emulator = await startEmulator();
    const client = clientOf(emulator);
    const { conversationId } = await client.startConversationWithResponse();
    emulator.next('message', faults['no-end']);
    const message = Activity.fromObject({ type: 'message', text: 'only once' });
    const answer = client.executeStreaming(message, conversationId);
    await answer.next();
    expect(await answer.next()).toMatchObject({ value: { text: 'You said: only once' } });
    await answer.return(undefined);
    expect(emulator.postsWith('only once')).toHaveLength(2);
    await expect(emulator[Symbol.asyncDispose]()).rejects.toThrow('posted more than once: "only once"');
  });
});
