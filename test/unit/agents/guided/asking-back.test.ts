import { describe, expect, it } from 'vitest';
import { incident, leave, play, vendor } from './play.ts';

const places = [
  { workflow: leave, collected: {}, asked: 'from' },
  { workflow: leave, collected: { from: '2026-12-07' }, asked: 'days' },
  { workflow: leave, collected: { from: '2026-12-07', days: 5 }, asked: 'kind' },
  { workflow: leave, collected: { from: '2026-12-07', days: 5, kind: 'other' }, asked: 'coveredBy' },
  { workflow: vendor, collected: {}, asked: 'legalName' },
  { workflow: vendor, collected: { legalName: 'Acme' }, asked: 'legalForm' },
];
const parseErrors = /couldn't find|none of the choices|can't find|doesn't look like|reads like/;

describe('wanting to stop', () => {
  it.each(['stop', 'cancel', 'quit', 'exit', 'end', 'I want to stop', 'please cancel the request', 'Stop!'])(
    'explains how to stop, and stays in the step: %s',
    async (text) => {
      for (const { workflow, collected, asked } of places) {
        const turn = await play(workflow, { collected, turnCount: 3 }).say(text);
        expect(turn.text, asked).toContain('your chat has a button or a command of its own for that');
        expect(turn.text, asked).toContain('everything that you have said stays');
        expect(turn.text, asked).not.toMatch(parseErrors);
        expect(turn.delta, asked).toMatchObject({ stateChanged: false, action: 'ask' });
        expect(turn.suggestedInput.field).toBe(asked);
      }
    },
  );

  it('explains how to stop at the summary too', async () => {
    const collected = { from: '2026-12-07', days: 5, kind: 'other', coveredBy: 'Dana' };
    const turn = await play(leave, { collected, turnCount: 4 }).say('cancel');
    expect(turn.text).toContain('a button or a command of its own');
    expect(turn.suggestedInput).toEqual({ type: 'confirmation' });
    expect(turn.status).toBe('active');
  });

  it('is not read into an answer that only contains such a word', async () => {
    const turn = await play(vendor, { turnCount: 1 }).say('Stop Shop Ltd');
    expect(turn.collected).toEqual({ legalName: 'Stop Shop Ltd' });
  });
});

describe('a question put back', () => {
  it.each([
    'what happens next?',
    'who can cover?',
    'Why is that needed?',
    "what's the difference between those?",
  ])("is answered with the field's description, never with a parse error: %s", async (text) => {
    for (const { workflow, collected, asked } of places) {
      const turn = await play(workflow, { collected, turnCount: 3 }).say(text);
      const field = workflow.fields.get(asked);
      expect(turn.text, asked).toContain('This is about **');
      expect(turn.text, asked).toContain(field?.jsonSchema['description']);
      expect(turn.text, asked).not.toMatch(parseErrors);
      expect(turn.delta, asked).toMatchObject({ stateChanged: false, collected: {} });
      expect(turn.suggestedInput.field).toBe(asked);
    }
  });

  it('needs no question mark where it is no answer', async () => {
    for (const text of ['do weekends count', 'how many are left', 'and what if I come back early']) {
      const turn = await play(leave, { collected: { from: '2026-12-07' }, turnCount: 1 }).say(text);
      expect(turn.text, text).toContain('This is about **Working days**');
    }
  });

  it('gives no value though it names one', async () => {
    const form = play(vendor, { collected: { legalName: 'Acme' }, turnCount: 1 });
    const turn = await form.say('what is a sole trader?');
    expect(turn.delta.collected).toEqual({});
    expect(turn.offers).toContain('sole trader');
  });

  it('is an answer where it proposes one', async () => {
    for (const text of ['is 5 ok?', 'what about 5 days?', '5?']) {
      const turn = await play(leave, { collected: { from: '2026-12-07' }, turnCount: 1 }).say(text);
      expect(turn.collected['days'], text).toBe(5);
    }
    const form = play(vendor, { collected: { legalName: 'Acme' }, turnCount: 1 });
    expect((await form.say('sole trader?')).collected['legalForm']).toBe('sole trader');
  });

  it('gets the fault of the answer in it, if that does not fit', async () => {
    const turn = await play(leave, { collected: { from: '2026-12-07' }, turnCount: 1 }).say('5 or 6?');
    expect(turn.text).toContain('I found more than one number in that');
  });

  it('leaves names and accounts alone that begin like one', async () => {
    expect((await play(vendor, { turnCount: 1 }).say('Why Not')).collected).toEqual({ legalName: 'Why Not' });
    const headline = 'Which is worse: search and checkout are down';
    expect((await play(incident, { turnCount: 1 }).say(headline)).collected).toEqual({ headline });
  });

  it('is answered at the summary with the pending confirmation', async () => {
    const collected = { from: '2026-12-07', days: 5, kind: 'other', coveredBy: 'Dana' };
    const turn = await play(leave, { collected, turnCount: 4 }).say('what happens next?');
    expect(turn.text).toContain('I am waiting for your yes.');
    expect(turn.status).toBe('active');
  });
});
