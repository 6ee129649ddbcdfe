import { Activity } from '@microsoft/agents-activity';
import { CopilotStudioClient } from '@microsoft/agents-copilotstudio-client';
import { describe, expect, it } from 'vitest';
import type { AgentInput } from '../../../../server/domain/briefing.ts';
import { normalizedRequest } from '../../../../cli/emulator/service/request-log.ts';
import { says } from '../../../../cli/emulator/service/answers.ts';
import { callOptions } from '../../../../server/testing/agent-call.ts';
import { bringing, connectionTo, read, saying, startCopilotWorld, tokensByUser } from './copilot-world.ts';

const { identity } = callOptions();

describe('a request to Copilot Studio', () => {
  it("is what Microsoft's own client sends, but for the user agent", async () => {
    const request = saying('Ada comes, "quoted" — with naïve §§ and 🙂');
    await using ours = await startCopilotWorld();
    const id = await ours.agent.open(callOptions());
    await read(ours, { ...request, agentConversationId: id });

    await using theirs = await startCopilotWorld();
    const token = await tokensByUser.get({ identity, userToken: null }, new AbortController().signal);
    const client = new CopilotStudioClient(connectionTo(theirs.emulator.url), token);
    const started = await client.startConversationWithResponse();
    const message = Activity.fromObject({ type: 'message', text: request.query });
    await client.executeWithResponse(message, started.conversationId);

    const withId = (own: string, requests: typeof ours.emulator.requests): unknown =>
      JSON.parse(JSON.stringify(requests.map(normalizedRequest)).replaceAll(own, 'the-id'));
    const sent = withId(id, ours.emulator.requests);
    expect(sent).toEqual(withId(started.conversationId, theirs.emulator.requests));
    expect(sent).toHaveLength(2);
    expect(ours.emulator.requests.map(({ headers }) => headers['content-length'])).toEqual(
      ours.emulator.requests.map(({ rawBody }) => String(Buffer.byteLength(rawBody))),
    );
    for (const { headers } of ours.emulator.requests) {
      expect(headers['user-agent']).toBe('turnkeeper');
      expect(headers['transfer-encoding']).toBeUndefined();
    }
  });

  it('starts a conversation in the language that was asked for', async () => {
    await using world = await startCopilotWorld({ locale: 'de-CH' });
    await world.agent.open(callOptions());
    expect(world.emulator.requests[0]?.body).toEqual({ emitStartConversationEvent: true, locale: 'de-CH' });
  });

  it('carries the query as the text of a message, for words and for an opening', async () => {
    await using world = await startCopilotWorld();
    for (const input of [{ type: 'text', text: 'I come' }, { type: 'open' }] as const) {
      const request = bringing(input);
      await read(world, request);
      const { agentConversationId: conversationId, query: text } = request;
      expect(world.emulator.requests.at(-1)?.body).toEqual({
        activity: { type: 'message', text },
        conversationId,
      });
    }
  });

  const submitted = (action: Extract<AgentInput, { type: 'cardAction' }>['action']): AgentInput => ({
    type: 'cardAction',
    cardId: 'card-1.1',
    data: { visitor: 'Ada', nights: 2 },
    action,
  });

  it("carries a card's data as the value of a message without text, and the context beside it", async () => {
    await using world = await startCopilotWorld();
    const request = bringing(submitted({ type: 'Action.Execute', name: 'book' }));
    await read(world, request);
    expect(request.query).toContain('visitor');
    expect(world.emulator.requests[0]?.body).toMatchObject({
      activity: {
        type: 'message',
        text: '',
        value: { visitor: 'Ada', nights: 2 },
        channelData: { turnkeeper: { context: request.query } },
      },
    });
  });

  it.each([
    [
      { type: 'Action.Execute', name: 'book' },
      { type: 'Action.Execute', verb: 'book' },
    ],
    [
      { type: 'Action.Submit', name: 'book' },
      { type: 'Action.Submit', id: 'book' },
    ],
    [{ type: 'Action.Submit', name: null }, { type: 'Action.Submit' }],
  ] as const)('carries it as an invoke where that is asked for: %j', async (action, sent) => {
    await using world = await startCopilotWorld({ cardSubmit: 'invoke' });
    const request = bringing(submitted(action));
    await read(world, request);
    expect(world.emulator.requests[0]?.body).toMatchObject({
      activity: {
        type: 'invoke',
        name: 'adaptiveCard/action',
        value: { action: { ...sent, data: { visitor: 'Ada', nights: 2 } }, trigger: 'manual' },
        channelData: { turnkeeper: { context: request.query } },
      },
    });
  });

  it("goes to each user's own conversation, under their own token, however many ask at once", async () => {
    await using world = await startCopilotWorld({
      emulator: {
        agent: ({ kind, conversationId }) => says(kind === 'start' ? 'Hello' : `In ${conversationId}`),
      },
    });
    const users = Array.from({ length: 30 }, (_, index) => `user-${index}`);
    await Promise.all(
      users.map(async (user) => {
        const options = callOptions({ identity: { tenant: 'contoso', user } });
        const id = await world.agent.open(options);
        for (const words of [`${user} says one`, `${user} says two`]) {
          const { activities, end } = await read(world, saying(words, id), options);
          expect(activities).toMatchObject([{ text: `In ${id}` }]);
          expect(end).toBeNull();
          const [post] = world.emulator.postsWith(`${words}\n`);
          expect(post?.conversationId).toBe(id);
          expect(post?.headers.authorization).toBe(`Bearer token-of-${user}`);
        }
      }),
    );
    const ids = world.emulator.requests.flatMap(({ conversationId }) => conversationId ?? []);
    expect(new Set(ids).size).toBe(users.length);
  });
});
