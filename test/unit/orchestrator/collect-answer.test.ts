import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../server/answer/activity.ts';
import { limits } from '../../../server/domain/limits.ts';
import { AgentFailure } from '../../../server/testing/index.ts';
import { systemClock } from '../../../server/system-clock.ts';
import { piece } from '../answer/live/sample-pieces.ts';
import { roomMs } from '../../support/time.ts';
import { asking, saying } from './ask.ts';

const hello = { type: 'message', text: 'Hello' };
const partLeftOut = 'activities: a part of one could not be read and was left out';
const oneLeftOut = 'activities: one that could not be read was left out';

/** Nests objects with one key to this depth. */
function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) value = { inner: value };
  return value;
}

function circular(): unknown {
  const value: Record<string, unknown> = { city: 'Berlin' };
  value['self'] = value;
  return value;
}

const throwing = {
  get secret(): string {
    throw new Error('not for you');
  },
};

/** An agent that never pauses between two activities. */
function endlessly(next: () => unknown) {
  return (): AsyncIterable<Activity, undefined> => ({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false as const, value: next() as Activity }),
    }),
  });
}

describe('an odd activity does not spoil the answer', () => {
  it.each([
    ['contains itself', circular()],
    ['holds a BigInt', 1n],
    ['throws when it is looked at', throwing],
  ])('that %s: the rest of it is kept, and reported', async (_how, value) => {
    const { said, issues } = await asking(saying({ ...hello, value })).answer;
    expect(said).toEqual([hello]);
    expect(issues).toEqual([partLeftOut]);
  });

  it('that is nested without end: only what lies deep is cut off, and reported', async () => {
    const { said, issues } = await asking(saying({ ...hello, value: nested(10_000) })).answer;
    expect(said).toMatchObject([{ ...hello, value: { inner: { inner: {} } } }]);
    expect(issues).toEqual([
      `activities: what one held deeper than ${limits.activityDepth} levels was left out`,
    ]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a text', 'Hello'],
    ['a list', [hello]],
    ['a function', () => hello],
  ])('that is %s: it is left out, and reported', async (_what, odd) => {
    const { said, issues } = await asking(saying(odd, hello)).answer;
    expect(said).toEqual([hello]);
    expect(issues).toEqual([oneLeftOut]);
  });

  it.each([
    ['text', { text: { a: 1 } }],
    ['attachments', { attachments: { 0: hello } }],
    ['entities', { entities: 'streaminfo' }],
    ['from', { from: 'the agent' }],
  ])('with a %s that is none: it is left out by its name, and the rest kept', async (name, odd) => {
    const { said, issues } = await asking(saying({ ...hello, type: 'message', ...odd }, hello)).answer;
    expect(said).toHaveLength(2);
    expect(issues).toEqual([`activities: a "${name}" was not what it should be and was left out`]);
  });

  it('is not odd because it spells out what it does not have', async () => {
    const { issues } = await asking(saying({ ...hello, name: null, speak: null, attachments: null })).answer;
    expect(issues).toEqual([]);
  });

  it('and many are reported once, in words that hold nothing of theirs', async () => {
    const odd = Array.from({ length: 500 }, () => 'odd');
    const { issues } = await asking(saying(...odd, hello)).answer;
    expect(issues).toEqual([oneLeftOut]);
  });

  it('unless there is nothing else', async () => {
    await expect(asking(saying('odd')).answer).rejects.toMatchObject({
      reason: 'AGENT_FAILED',
      cause: { outcome: 'failed' },
    });
  });

  it('and leaves nothing live of the agent in our hands', async () => {
    const sent = { ...hello, value: { city: 'Berlin' } };
    const { said } = await asking(saying(sent)).answer;
    sent.value.city = 'Paris';
    expect(said).toEqual([{ ...hello, value: { city: 'Berlin' } }]);
  });
});

describe('an answer that says nothing', () => {
  it.each<[string, readonly unknown[]]>([
    ['holds nothing', []],
    ['only shows that the agent is typing', [{ type: 'typing' }, piece(''), { type: 'typing' }]],
    ['only traces what the agent does', [{ type: 'trace', name: 'step' }]],
    ['only repeats what the user said', [{ ...hello, from: { role: 'user' } }]],
    ['is withdrawn', [piece('Hel'), piece('', { streamType: 'final' })]],
  ])('is empty: it %s', async (_how, said) => {
    await expect(asking(saying(...said)).answer).rejects.toMatchObject({
      reason: 'AGENT_FAILED',
      cause: { outcome: 'empty' },
    });
  });
});

describe('an answer without bounds', () => {
  const tooLarge = {
    reason: 'AGENT_FAILED',
    cause: { outcome: 'failed', message: 'the answer is too large' },
  };

  it('may hold so many activities, and no more', async () => {
    const many = Array.from({ length: limits.answerActivities }, () => ({ type: 'typing' }));
    const last = many.slice(1);
    expect((await asking(saying(...last, hello)).answer).said).toEqual([hello]);
    await expect(asking(saying(...many, hello)).answer).rejects.toMatchObject(tooLarge);
  });

  it.each([
    ['activities', () => hello],
    ['signs of typing', () => ({ type: 'typing' })],
    ['things that are no activities', () => undefined],
    ['pieces', () => piece('x'.repeat(100), { chunkType: 'delta' })],
  ])('fails when it has no end, be it of %s', async (_what, next) => {
    await expect(asking(endlessly(next)).answer).rejects.toMatchObject(tooLarge);
  });

  it('fails when it holds too much in all', async () => {
    const large = { type: 'message', text: 'x'.repeat(1_000_000) };
    const { answer, events } = asking(endlessly(() => large));
    await expect(answer).rejects.toMatchObject(tooLarge);
    expect(events).toMatchObject([{ type: 'agent.failed', outcome: 'failed' }]);
  });

  it('cannot keep the deadline from coming, even if it never waits', async () => {
    const began = performance.now();
    const busy = endlessly(() => {
      const until = performance.now() + 10;
      while (performance.now() < until);
      return { type: 'typing' };
    });
    const settings = {
      turnTimeoutMs: 200,
      turnWaitMaxMs: 1_000,
      maxTurnsWaitingPerConversation: 8,
      contextMaxChars: 1_000,
    };
    const { answer } = asking(busy, { clock: systemClock, settings });
    await expect(answer).rejects.toMatchObject({ reason: 'AGENT_TIMEOUT' });
    // The whole answer, to its bound, would take some three minutes.
    expect(performance.now() - began).toBeLessThan(200 + roomMs);
  });

  it('is let go of at its bound, and an agent that objects to that is not heard', async () => {
    let isLetGo = false;
    const { answer } = asking(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: { type: 'typing' } }),
        return: () => {
          isLetGo = true;
          throw new AgentFailure('refused', 'I object');
        },
      }),
    }));
    await expect(answer).rejects.toMatchObject(tooLarge);
    expect(isLetGo).toBe(true);
  });
});
