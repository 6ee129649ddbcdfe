import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { activitySchema } from '../../../server/answer/activity.ts';
import type { Activity } from '../../../server/answer/activity.ts';
import type { AgentInput } from '../../../server/domain/briefing.ts';
import { AgentFailure } from '../../../server/answer/agent-failure.ts';
import type { Agent, AgentCallOptions } from '../../../server/orchestrator/ports/agent.ts';
import type { AgentFailureOutcome } from '../../../server/answer/agent-failure.ts';
import { prepareWorkflow } from '../../../server/domain/workflow.ts';
import { answerOf, callOptions, requestOf } from '../../support/agent-call.ts';
import { roomMs } from '../../support/time.ts';
import { watchUnhandledRejections } from '../../support/unhandled-rejections.ts';

/** The ways in which an agent's service may fail to answer a message. */
export type Misfortune =
  /** It refuses the message before it has read it. */
  | 'turns it away'
  /** It refuses the message, and asks for a retry in two seconds. */
  | 'is busy'
  /** It fails over the message, and reports that. */
  | 'breaks down'
  /** It breaks off in the middle of the answer. */
  | 'breaks off'
  /** It answers completely, without words. */
  | 'says nothing'
  /** It begins to answer, and never ends. */
  | 'falls silent'
  /** It accepts the message, and does not begin to answer. */
  | 'never begins';

const outcomes: Readonly<Record<Exclude<Misfortune, 'falls silent' | 'never begins'>, AgentFailureOutcome>> =
  {
    'turns it away': 'refused',
    'is busy': 'refused',
    'breaks down': 'failed',
    'breaks off': 'ambiguous',
    'says nothing': 'empty',
  };

/** The service of an agent, as far as a test can observe and control it. */
export interface Backend {
  /** Returns the messages it got, in order of arrival: queries, or whatever carries the person's input. */
  heard(): readonly string[];
  /** Sets the fate of the next message. */
  willMeetNextWith(misfortune: Misfortune): void;
  /** Resolves once it has a message that it has not answered. */
  hasMessage(): Promise<unknown>;
  /** Resolves once nobody waits for that answer any more: the connection is closed. */
  isLeft(): Promise<unknown>;
}

export interface AgentUnderTest extends AsyncDisposable {
  readonly agent: Agent;
  /** Null for an agent without a service. */
  readonly backend: Backend | null;
}

const workflow = prepareWorkflow({
  id: 'visit',
  version: 1,
  title: 'Visit',
  steps: [
    { id: 'who', title: 'Who comes', collects: z.object({ visitor: z.string(), day: z.iso.date() }) },
    { id: 'confirm', title: 'Confirm' },
  ],
});

const words = 'Ada comes, "quoted" — with naïve §§ and 🙂, on 2026-12-01';
const inputs: readonly AgentInput[] = [
  { type: 'text', text: words },
  { type: 'open' },
  {
    type: 'cardAction',
    cardId: 'card-1.1',
    data: { visitor: 'Ada' },
    action: { type: 'Action.Submit', name: null },
  },
];

/** The promises of the `Agent` port, which every adapter keeps, whatever service it uses. */
export function describeAgentConformance(name: string, start: () => Promise<AgentUnderTest>): void {
  const ask = async ({ agent }: AgentUnderTest, input: AgentInput, options?: AgentCallOptions) =>
    answerOf(
      agent,
      requestOf(workflow, { input, agentConversationId: await agent.open(callOptions()) }),
      options,
    );

  describe(`${name}: answering`, () => {
    it('opens conversations under ids that can be stored', async () => {
      await using world = await start();
      const ids = [await world.agent.open(callOptions()), await world.agent.open(callOptions())];
      for (const id of ids) expect(id).toMatch(/^[\x21-\x7e]{1,200}$/);
    });

    it.each(inputs)('answers $type with words', async (input) => {
      await using world = await start();
      const { activities } = await ask(world, input);
      expect(activities.filter(isSpoken).length).toBeGreaterThan(0);
      for (const activity of activities) expect(activitySchema.safeParse(activity).success).toBe(true);
    });

    it('yields JSON that does not change after it was yielded', async () => {
      await using world = await start();
      const { activities } = await ask(world, { type: 'text', text: words });
      const text = JSON.stringify(activities);
      expect(JSON.parse(text)).toEqual(activities);
      await ask(world, { type: 'text', text: 'and another' });
      expect(JSON.stringify(activities)).toBe(text);
    });

    it('goes on in the same conversation', async () => {
      await using world = await start();
      const agentConversationId = await world.agent.open(callOptions());
      for (const text of ['first', 'second', 'third']) {
        const request = requestOf(workflow, { input: { type: 'text', text }, agentConversationId });
        const { activities, end } = await answerOf(world.agent, request);
        expect(activities.some(isSpoken)).toBe(true);
        expect(end?.agentConversationId ?? agentConversationId).toBe(agentConversationId);
      }
    });

    it('answers many at once, each for itself', async () => {
      await using world = await start();
      const texts = Array.from({ length: 12 }, (_, index) => `I am number ${index}`);
      const answers = await Promise.all(texts.map((text) => ask(world, { type: 'text', text })));
      for (const { activities } of answers) expect(activities.some(isSpoken)).toBe(true);
      for (const text of texts) {
        const hearings = world.backend?.heard().filter((heard) => heard.includes(`${text}\n`)) ?? [text];
        expect(hearings).toHaveLength(1);
      }
    });
  });

  describe(`${name}: stopping`, () => {
    it('sends nothing once the turn is aborted', async () => {
      await using world = await start();
      const agentConversationId = await world.agent.open(callOptions());
      const heard = world.backend?.heard().length;
      const options = callOptions({ signal: AbortSignal.abort(new Error('the lease is lost')) });
      await expect(world.agent.open(options)).rejects.toThrow();
      const request = requestOf(workflow, { input: { type: 'open' }, agentConversationId });
      await expect(answerOf(world.agent, request, options)).rejects.toThrow();
      expect(world.backend?.heard().length).toBe(heard);
    });

    it('sends nothing before the answer is read', async () => {
      await using world = await start();
      const agentConversationId = await world.agent.open(callOptions());
      const heard = world.backend?.heard().length;
      const request = requestOf(workflow, { input: { type: 'open' }, agentConversationId });
      const answer = world.agent.send(request, callOptions())[Symbol.asyncIterator]();
      await answer.return?.();
      expect(world.backend?.heard().length).toBe(heard);
    });
  });
}

/** The other promises, for agents with a service that may fail. */
export function describeUnluckyAgents(
  name: string,
  start: () => Promise<AgentUnderTest & { readonly backend: Backend }>,
): void {
  const setUp = async (misfortune: Misfortune) => {
    const world = await start();
    const agentConversationId = await world.agent.open(callOptions());
    world.backend.willMeetNextWith(misfortune);
    const before = world.backend.heard().length;
    return {
      request: requestOf(workflow, { input: { type: 'text', text: words }, agentConversationId }),
      agent: world.agent,
      backend: world.backend,
      timesHeard: () => world.backend.heard().length - before,
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    };
  };

  describe(`${name}: what becomes of a message`, () => {
    it("carries the person's words, whole, once", async () => {
      await using world = await start();
      const agentConversationId = await world.agent.open(callOptions());
      const before = world.backend.heard().length;
      await answerOf(
        world.agent,
        requestOf(workflow, { input: { type: 'text', text: words }, agentConversationId }),
      );
      const heard = world.backend.heard().slice(before);
      expect(heard).toHaveLength(1);
      expect(heard[0]).toContain(words);
    });

    it.each(Object.entries(outcomes))('where it %s, the failure is %s', async (misfortune, outcome) => {
      await using world = await setUp(misfortune as Exclude<Misfortune, 'falls silent' | 'never begins'>);
      const failure = await answerOf(world.agent, world.request).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AgentFailure);
      expect(failure).toMatchObject({ outcome });
      expect(String(failure)).not.toContain('Ada');
      if (misfortune === 'is busy') expect(failure).toMatchObject({ retryAfterMs: 2_000 });
      expect(world.timesHeard()).toBeLessThanOrEqual(1);
    });

    it.each(Object.keys(outcomes))(
      'where it %s, it is not sent again, and the next one is answered',
      async (misfortune) => {
        await using world = await setUp(misfortune as Misfortune);
        await answerOf(world.agent, world.request).catch(() => undefined);
        const heard = world.timesHeard();
        expect(heard).toBeLessThanOrEqual(1);
        const { activities } = await answerOf(world.agent, world.request);
        expect(activities.some(isSpoken)).toBe(true);
        expect(world.timesHeard()).toBe(heard + 1);
      },
    );
  });

  describe(`${name}: an abort`, () => {
    it.each(['never begins', 'falls silent'] as const)(
      'settles the call at once and leaves the service, where it %s',
      async (misfortune) => {
        using rejections = watchUnhandledRejections();
        await using world = await setUp(misfortune);
        const turn = new AbortController();
        const answer = answerOf(world.agent, world.request, callOptions({ signal: turn.signal }));
        const settled = answer.catch((error: unknown) => error);
        await world.backend.hasMessage();
        const abortedAt = performance.now();
        turn.abort(new Error('the lease is lost'));
        expect(await settled).toBeInstanceOf(Error);
        expect(performance.now() - abortedAt).toBeLessThan(roomMs);
        await world.backend.isLeft();
        expect(world.timesHeard()).toBe(1);
        expect(rejections.unhandled).toEqual([]);
      },
    );

    it('leaves the service as well where nobody reads on', async () => {
      await using world = await setUp('falls silent');
      const answer = world.agent.send(world.request, callOptions())[Symbol.asyncIterator]();
      expect((await answer.next()).done).toBe(false);
      await answer.return?.();
      await world.backend.isLeft();
      expect(world.timesHeard()).toBe(1);
    });
  });
}

function isSpoken({ type, text, attachments }: Activity): boolean {
  return type === 'message' && ((text ?? '') !== '' || (attachments ?? []).length > 0);
}
