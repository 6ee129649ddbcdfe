import { describe, expect, it } from 'vitest';
import { text } from '../../../../cli/emulator/service/activities.ts';
import { answersWith, refuses, says } from '../../../../cli/emulator/service/answers.ts';
import { callOptions } from '../../../../server/testing/agent-call.ts';
import { deferred } from '../../../support/deferred.ts';
import { openingFailure, read, saying, startCopilotWorld, textsOf } from './copilot-world.ts';

const strangeIds = ['../../../x', 'a/b', 'a?b', '', 'a b', 'ä', 'x'.repeat(65), '%2e%2e', 'a\u0000'];

describe('Opening an agent conversation', () => {
  it("is done when the agent's greeting has ended", async () => {
    await using world = await startCopilotWorld();
    const setUp = deferred();
    const greeting = { activity: text('Hello') };
    world.emulator.next('start', { ...says(''), items: [greeting, { until: setUp.promise }, greeting] });
    let isOpen = false;
    const received = world.emulator.received('start');
    const opening = world.agent.open(callOptions()).then((id) => {
      isOpen = true;
      return id;
    });
    const { closed } = await received;
    expect(isOpen).toBe(false);
    setUp.resolve();
    expect(await opening).toMatch(/^[0-9a-f-]{36}$/);
    await closed;
    expect(world.emulator.posts()).toMatchObject({ start: 1, message: 0 });
  });

  it('takes the id from the first message where no header tells it', async () => {
    await using world = await startCopilotWorld();
    const claimed = { conversationIdIn: 'activities', claimedConversationId: 'the-first' } as const;
    const elsewhere = { type: 'typing', conversation: { id: 'of-the-typing' } };
    const other = text('and another', { conversation: { id: 'the-second' } });
    world.emulator.next('start', answersWith([elsewhere, text('Hello'), other], claimed));
    expect(await world.agent.open(callOptions())).toBe('the-first');
  });

  it('takes the id of an answer that is empty', async () => {
    await using world = await startCopilotWorld();
    world.emulator.next('start', refuses(204, { headers: { 'x-ms-conversationid': 'of-the-header' } }));
    expect(await world.agent.open(callOptions())).toBe('of-the-header');
  });

  it('fails where no id is told at all', async () => {
    await using world = await startCopilotWorld();
    world.emulator.next('start', says('Hello', { conversationIdIn: 'nowhere' }));
    expect(await openingFailure(world)).toMatchObject({ outcome: 'failed' });
  });

  it.each(strangeIds)('fails where the id could be something else in a URL: %j', async (id) => {
    await using world = await startCopilotWorld();
    const claimed = { conversationIdIn: 'activities', claimedConversationId: id } as const;
    world.emulator.next('start', says('Hello', claimed));
    const failure = await openingFailure(world);
    expect(failure).toMatchObject({ outcome: 'failed' });
    if (id !== '') expect(failure.message).not.toContain(id);
  });

  it.each([400, 401, 403, 404, 429])('is refused if the service answers %i', async (status) => {
    await using world = await startCopilotWorld();
    world.emulator.next('start', refuses(status), refuses(status));
    expect(await openingFailure(world)).toMatchObject({ outcome: 'refused' });
  });

  it.each([
    ['breaks off', says('Hello', { ending: 'close' }), 'ambiguous'],
    ['is an error', refuses(500), 'failed'],
  ] as const)('fails where the answer %s', async (_fault, answer, outcome) => {
    await using world = await startCopilotWorld();
    world.emulator.next('start', answer);
    expect(await openingFailure(world)).toMatchObject({ outcome });
    expect(world.emulator.posts().total).toBe(1);
  });
});

describe('Going on in an agent conversation', () => {
  it('does not name the conversation if the service answers from the same one', async () => {
    await using world = await startCopilotWorld();
    const id = await world.agent.open(callOptions());
    for (const where of ['header', 'activities', 'nowhere'] as const) {
      world.emulator.next('message', says('Very well', { conversationIdIn: where }));
      expect(await read(world, saying(where, id))).toMatchObject({ failure: null, end: null });
    }
  });

  it.each(['header', 'activities'] as const)(
    'names the other conversation that the service answers from, by its %s',
    async (conversationIdIn) => {
      await using world = await startCopilotWorld();
      world.emulator.next('message', says('Who are you?', { conversationIdIn }));
      const { end } = await read(world, saying('Here I am again', 'long-forgotten'));
      expect(end?.agentConversationId).toMatch(/^[0-9a-f-]{36}$/);
      const [post] = world.emulator.postsWith('Here I am again');
      expect(post?.conversationId).toBe('long-forgotten');
    },
  );

  it('stays where it was if the service names a malformed id', async () => {
    await using world = await startCopilotWorld();
    world.emulator.next('message', says('Very well', { claimedConversationId: '../admin' }));
    const { end, activities } = await read(world, saying('Good day', 'known'));
    expect(textsOf({ activities })).toEqual(['Very well']);
    expect(end).toBeNull();
  });

  it.each(strangeIds)('sends the message to a fresh conversation where the stored id is %j', async (id) => {
    await using world = await startCopilotWorld();
    const { activities, end, failure } = await read(world, saying('Good day', id));
    expect(failure).toBeNull();
    expect(activities).toHaveLength(1);
    const [start, message] = world.emulator.requests;
    expect([start?.kind, message?.kind]).toEqual(['start', 'message']);
    expect(end?.agentConversationId).toBe(message?.conversationId);
    expect(end?.agentConversationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(world.emulator.posts()).toMatchObject({ start: 1, message: 1 });
  });

  it.each([400, 403, 404, 409, 410])(
    'is no refusal where the service may not take the conversation any more (%i), so that the next turn opens another',
    async (status) => {
      await using world = await startCopilotWorld();
      world.emulator.next('message', refuses(status));
      const { failure } = await read(world, saying('Good day'));
      expect(failure?.outcome).toBe('failed');
    },
  );
});
