import { describe, expect, inject, it } from 'vitest';
import type { Activity } from '../../../server/answer/activity.ts';
import { limits } from '../../../server/domain/limits.ts';
import { KeyBuilder } from '../../../server/redis/scripts/conversation-keys.ts';
import { AgentFailure, createTestCaller } from '../../../server/testing/index.ts';
import { storeKinds } from '../contract/open-caller.ts';
import type { StoreKind } from '../contract/open-caller.ts';
import { survey, text, travel } from '../contract/sample-workflows.ts';
import { failureOf } from '../../support/failure-of.ts';
import { freshPrefix, rawRedis } from '../../support/raw-redis.ts';
import { RememberingAgent } from '../../support/remembering-agent.ts';
import { runsScript, startReplyEatingProxy } from '../../support/proxy/reply-eating-proxy.ts';
import { scripts } from '../../support/scripts.ts';

const heading = 'What was said last';
const turnTimeoutMs = 30_000;
const identity = { tenant: 'test-tenant', user: 'test-user' };

interface Place {
  readonly kind: StoreKind;
  readonly redisUrl?: string;
  readonly prefix?: string;
  readonly agent?: RememberingAgent;
}

async function openUnder({ kind, redisUrl = inject('redisUrl'), ...rest }: Place) {
  const { prefix = freshPrefix(), agent = new RememberingAgent() } = rest;
  const under = await createTestCaller({
    definitions: [survey, travel],
    store: kind === 'memory' ? kind : { redisUrl, prefix },
    ...{ agent, turnTimeoutMs, lockTtlMs: 1_000 },
  });
  const { workflow } = under.caller;
  type Rest = Omit<Parameters<typeof workflow.turn>[0], 'turnId'>;
  const turn = (turnId: string, more: Partial<Rest> = {}) =>
    workflow.turn({ conversationId: 'c', workflowId: 'survey', turnId, input: text(turnId), ...more });
  return {
    ...under,
    workflow,
    turn,
    prefix,
    /** Commits two turns in one agent conversation. */
    begin: async () => {
      await turn('turn-1');
      await turn('turn-2');
      expect(agent.last).toMatchObject({ heard: ['turn-1', 'turn-2'] });
      return agent.last.conversation;
    },
  };
}

type Under = Awaited<ReturnType<typeof openUnder>>;

const message = (words: string): Activity => ({ type: 'message', text: words });

function failing(...outcomes: ConstructorParameters<typeof AgentFailure>) {
  return (): AsyncIterable<Activity> => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new AgentFailure(...outcomes)) }),
  });
}

/** Turns that are rolled back after the agent may have heard them; each has the id `lost`. */
const heardOf: Record<string, (under: Under) => Promise<unknown>> = {
  'the agent failed': (under) => {
    under.agent.willSend(failing('failed', 'no'));
    return failureOf(under.turn('lost'));
  },
  'the agent may have got the question, or not': (under) => {
    under.agent.willSend(failing('ambiguous', 'the connection dropped'));
    return failureOf(under.turn('lost'));
  },
  'the agent broke off': (under) => {
    under.agent.willSend(async function* () {
      yield message('half of');
      await Promise.resolve();
      throw new TypeError('broken');
    });
    return failureOf(under.turn('lost'));
  },
  'the agent said nothing': (under) => {
    under.agent.willSend(async function* () {
      await Promise.resolve();
      yield* [];
    });
    return failureOf(under.turn('lost'));
  },
  'the agent took too long': async (under) => {
    const { asked } = under.agent.willThink();
    const failure = failureOf(under.turn('lost'));
    await asked;
    under.clock.advance(turnTimeoutMs);
    expect((await failure).error.reason).toBe('AGENT_TIMEOUT');
  },
  'an end that came to nothing interrupted it': async (under) => {
    const { asked } = under.agent.willThink();
    const failure = failureOf(under.turn('lost'));
    await asked;
    const end = { conversationId: 'c', outcome: 'completed', whenBusy: 'interrupt' } as const;
    expect((await failureOf(under.workflow.end(end))).error.reason).toBe('FIELDS_MISSING');
    expect((await failure).error.reason).toBe('TURN_INTERRUPTED');
  },
};

/** Calls that fail, or change nothing, and that the agent certainly never heard. */
const notHeardOf: Record<string, (under: Under) => Promise<unknown>> = {
  'the agent refused the question': async (under) => {
    under.agent.willRefuse();
    expect((await failureOf(under.turn('refused'))).error.reason).toBe('AGENT_FAILED');
  },
  'a turn was replayed': (under) => under.turn('turn-1'),
  'a turn id came with other input': (under) =>
    failureOf(under.turn('turn-1', { input: text('other words') })),
  'an unknown card was acted on': (under) =>
    failureOf(under.turn('other', { input: { type: 'cardAction', cardId: 'no-such-card', data: {} } })),
  'another workflow was named': (under) => failureOf(under.turn('other', { workflowId: 'travel' })),
  'an end was refused': (under) =>
    failureOf(under.workflow.end({ conversationId: 'c', outcome: 'completed' })),
  'the conversation was looked at': (under) => under.workflow.get({ conversationId: 'c' }),
  'the agent of another conversation failed': async (under) => {
    under.agent.willSend(failing('failed', 'no'));
    await failureOf(under.turn('other', { conversationId: 'another' }));
  },
};

describe.each(storeKinds)(
  '%s: after a turn that was rolled back when the agent may have heard of it',
  (kind) => {
    for (const [what, lose] of Object.entries(heardOf)) {
      it(`because ${what}: the next opens a fresh agent conversation, told of what was said`, async () => {
        await using under = await openUnder({ kind });
        const old = await under.begin();
        await lose(under);
        expect(under.agent.heard.get(old)).toContain('lost');

        const next = await under.turn('turn-3');
        expect(next.turn.number).toBe(3);
        const { conversation, heard, query } = under.agent.last;
        expect(conversation).not.toBe(old);
        expect(heard).toEqual(['turn-3']);
        for (const said of ['- person: "turn-1"', '- you: "About turn-1."', '- person: "turn-2"'])
          expect(query).toContain(said);
        expect(query).not.toContain('lost');

        // From then on the conversation continues as usual.
        await under.turn('turn-4');
        expect(under.agent.last).toMatchObject({ conversation, heard: ['turn-3', 'turn-4'] });
        expect(under.agent.last.query).not.toContain(heading);
      });
    }

    it('the fresh one hears the same turn, sent again, once', async () => {
      await using under = await openUnder({ kind });
      await under.begin();
      under.agent.willSend(failing('failed', 'no'));
      await failureOf(under.turn('turn-3'));
      await under.turn('turn-3');
      expect(under.agent.last.heard).toEqual(['turn-3']);
    });

    it('the turn that interrupted it opens a fresh one', async () => {
      await using under = await openUnder({ kind });
      const old = await under.begin();
      const { asked } = under.agent.willThink();
      const interrupted = failureOf(under.turn('lost'));
      await asked;
      await under.turn('turn-3', { whenBusy: 'interrupt' });
      expect((await interrupted).error.reason).toBe('TURN_INTERRUPTED');
      expect(under.agent.last.heard).toEqual(['turn-3']);
      expect(under.agent.last.conversation).not.toBe(old);
    });

    it('one after the other: each opens another, and none gets the lost turns', async () => {
      await using under = await openUnder({ kind });
      const old = await under.begin();
      const conversations = [old];
      for (const lost of ['lost-1', 'lost-2', 'lost-3']) {
        under.agent.willSend(failing('failed', 'no'));
        await failureOf(under.turn(lost));
        conversations.push(under.agent.last.conversation);
      }
      await under.turn('turn-3');
      const { conversation, query } = under.agent.last;
      expect(query).toContain('- person: "turn-2"');
      expect(query).not.toContain('lost-');
      // The first turn was lost in the old agent conversation.
      expect(new Set([...conversations, conversation]).size).toBe(4);
    });

    it('a fresh one that can not be opened is opened by the turn after', async () => {
      await using under = await openUnder({ kind });
      const old = await under.begin();
      under.agent.willSend(failing('failed', 'no'));
      await failureOf(under.turn('lost'));
      under.agent.willOpen(() => Promise.reject(new AgentFailure('refused', 'not now')));
      expect((await failureOf(under.turn('turn-3'))).error.reason).toBe('AGENT_FAILED');
      await under.turn('turn-3');
      expect(under.agent.last).toMatchObject({ heard: ['turn-3'] });
      expect(under.agent.last.conversation).not.toBe(old);
      expect(under.agent.last.query).toContain(heading);
    });

    it('a call that fails in between does not clear the mark', async () => {
      await using under = await openUnder({ kind });
      const old = await under.begin();
      under.agent.willSend(failing('failed', 'no'));
      await failureOf(under.turn('lost'));
      await under.turn('turn-2');
      await failureOf(under.turn('other', { workflowId: 'travel' }));
      await failureOf(under.workflow.end({ conversationId: 'c', outcome: 'completed' }));
      await under.turn('turn-3');
      expect(under.agent.last.conversation).not.toBe(old);
      expect(under.agent.last.heard).toEqual(['turn-3']);
    });

    it('the first of its conversation: the fresh one gets no earlier turns', async () => {
      await using under = await openUnder({ kind });
      under.agent.willSend(failing('failed', 'no'));
      await failureOf(under.turn('lost'));
      await under.turn('turn-1');
      expect(under.agent.last).toMatchObject({ conversation: 'conversation-2', heard: ['turn-1'] });
      expect(under.agent.last.query).not.toContain(heading);
    });

    it("the user's complete words arrive, after no more turns than the agent is to get", async () => {
      await using under = await openUnder({ kind });
      for (let number = 1; number <= limits.retoldTurns + 3; number += 1)
        await under.turn(`turn-${number}`, { input: text(`${number} ${'long '.repeat(1_500)}`) });
      under.agent.willSend(failing('failed', 'no'));
      await failureOf(under.turn('lost'));
      const words = 'w '.repeat(3_999);
      await under.turn('next', { input: text(words) });
      const { query } = under.agent.last;
      expect(query).toContain(`\n${words.trim()}\n[end of user `);
      expect(query.length).toBeLessThan(words.length + 6_000 + 500);
      expect(query).toContain(heading);
      expect(query).not.toContain('- person: "3 long');
      expect(query).toContain(`- person: "${limits.retoldTurns + 3} long`);
    });
  },
);

describe.each(storeKinds)('%s: the agent conversation goes on', (kind) => {
  for (const [what, happen] of Object.entries(notHeardOf)) {
    it(`though ${what}`, async () => {
      await using under = await openUnder({ kind });
      const old = await under.begin();
      await happen(under);
      await under.turn('turn-3');
      expect(under.agent.last).toMatchObject({ conversation: old, heard: ['turn-1', 'turn-2', 'turn-3'] });
      expect(under.agent.last.query).not.toContain(heading);
    });
  }

  it('though another turn was refused because this one ran', async () => {
    await using under = await openUnder({ kind });
    const old = await under.begin();
    const { asked, answer } = under.agent.willThink();
    const running = under.turn('turn-3');
    await asked;
    expect((await failureOf(under.turn('other'))).error.reason).toBe('TURN_IN_PROGRESS');
    answer();
    await running;
    await under.turn('turn-4');
    expect(under.agent.last).toMatchObject({
      conversation: old,
      heard: ['turn-1', 'turn-2', 'turn-3', 'turn-4'],
    });
  });
});

describe('Redis: after a turn that lost its lease while the agent thought', () => {
  /** The third turn is with the agent, and its lease is gone. */
  async function openLost() {
    const under = await openUnder({ kind: 'Redis' });
    const raw = rawRedis(inject('redisUrl'));
    const keys = new KeyBuilder(under.prefix).conversation({ ...identity, conversationId: 'c' });
    const old = await under.begin();
    const { asked, answer } = under.agent.willThink();
    const lost = failureOf(under.turn('lost'));
    await asked;
    await raw.redis.del(keys.lock);
    raw[Symbol.dispose]();
    return { ...under, old, answer, lost };
  }

  it('the turn that took its place opens a fresh one, before the loser learns of it', async () => {
    await using under = await openLost();
    await under.turn('turn-3');
    under.answer();
    expect((await under.lost).error.reason).toBe('LEASE_LOST');
    await under.turn('turn-4');
    expect(under.agent.last.heard).toEqual(['turn-3', 'turn-4']);
    expect(under.agent.last.conversation).not.toBe(under.old);
  });

  it('the next turn opens a fresh one, although nobody took its place', async () => {
    await using under = await openLost();
    under.answer();
    expect((await under.lost).error.reason).toBe('LEASE_LOST');
    await under.turn('turn-3');
    expect(under.agent.last.heard).toEqual(['turn-3']);
    expect(under.agent.last.conversation).not.toBe(under.old);
  });
});

describe('Redis: after a turn whose outcome is unknown', () => {
  const isCommit = runsScript(scripts.commitConversation);

  async function openBehindProxy() {
    const proxy = await startReplyEatingProxy(inject('redisUrl'));
    const agent = new RememberingAgent();
    const one = await openUnder({ kind: 'Redis', redisUrl: proxy.url, agent });
    const two = await openUnder({ kind: 'Redis', prefix: one.prefix, agent });
    return {
      proxy,
      agent,
      one,
      two,
      [Symbol.asyncDispose]: async () => {
        one.close();
        two.close();
        await proxy[Symbol.asyncDispose]();
      },
    };
  }

  it('which was stored: the agent conversation goes on', async () => {
    await using under = await openBehindProxy();
    const old = await under.one.begin();
    void under.proxy.eat({ what: 'reply', of: isCommit, andThen: 'cut' });
    expect((await failureOf(under.one.turn('turn-3'))).error.message).toContain('unknown');
    expect((await under.two.turn('turn-3', { whenBusy: 'wait' })).replayed).toBe(true);
    await under.two.turn('turn-4');
    expect(under.agent.last).toMatchObject({
      conversation: old,
      heard: ['turn-1', 'turn-2', 'turn-3', 'turn-4'],
    });
  });

  it('which was not stored: the next turn opens a fresh one, whose memory is what was stored', async () => {
    await using under = await openBehindProxy();
    const old = await under.one.begin();
    void under.proxy.eat({ what: 'request', of: isCommit, andThen: 'cut' });
    expect((await failureOf(under.one.turn('turn-3'))).error.message).toContain('unknown');
    expect((await under.two.turn('turn-3', { whenBusy: 'wait' })).replayed).toBe(false);
    expect(under.agent.last.conversation).not.toBe(old);
    expect(under.agent.last.heard).toEqual(['turn-3']);
    expect(under.agent.last.query).toContain('- person: "turn-2"');
  });
});
