import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { workflowOf } from './guided-cases.ts';
import { play, vendor, workflowFromJson } from './play.ts';

/** Plain answers that have to be understood, and similar texts of which nothing may be stored. */
const { kinds } = z
  .object({
    kinds: z.array(
      z.object({
        kind: z.string(),
        workflow: z.string(),
        collected: z.record(z.string(), z.json()).default({}),
        inputs: z.array(z.object({ text: z.string(), right: z.array(z.json()) })),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../../cases/guided-neighbours.json', import.meta.url), 'utf8')));

/** Sunday 29 November 2026. */
const now = Date.UTC(2026, 10, 29, 10, 30);

describe.each(kinds)('$kind', ({ workflow: id, collected, inputs }) => {
  const workflow = workflowOf(id);

  it.each(inputs)('$text', async ({ text, right }) => {
    const turn = await play(workflow, { collected, turnCount: 4, now }).say(text);
    const values = Object.values(turn.delta.collected);
    const outcome = values.length === 0 ? 'ask' : values.length === 1 ? values[0] : turn.delta.collected;
    expect(right).toContainEqual(outcome);
    expect(turn.text).not.toBe('');
  });
});

describe('an answer that may mean two names', () => {
  it('is asked about with a button for each, and either is accepted', async () => {
    const conversation = play(vendor, { turnCount: 1, now });
    const turn = await conversation.say('Acme or Bcme');
    expect(turn.text).toContain('Which one is it: “Acme” or “Bcme”?');
    expect(turn.offers).toEqual(['Acme', 'Bcme']);
    expect((await conversation.say('Bcme')).delta.collected).toEqual({ legalName: 'Bcme' });
  });

  it('is offered under its label where another field is asked', async () => {
    const collected = { legalName: 'Acme', legalForm: 'partnership' };
    const conversation = play(vendor, { collected, turnCount: 3, now });
    const turn = await conversation.say('start date: 2027-05-01 or 2027-06-01');
    expect(turn.delta.collected).toEqual({});
    expect(turn.offers).toEqual([]);
    const names = await conversation.say('legal name: Bcme or Ccme');
    expect(names.offers).toEqual(['legal name: Bcme', 'legal name: Ccme']);
    expect((await conversation.say('legal name: Ccme')).delta.collected).toEqual({ legalName: 'Ccme' });
  });
});

describe('a long value', () => {
  const fields = {
    text: { type: 'string', maxLength: 8_000, title: 'Account', description: 'the account' },
    list: { type: 'array', items: { type: 'string' }, title: 'Names', description: 'the names' },
    name: { type: 'string', title: 'Name', description: 'your name' },
    email: { type: 'string', format: 'email', title: 'Email', description: 'your email address' },
  };
  const said = {
    text: '漢'.repeat(8_000),
    list: '漢字、,'.repeat(2_000),
    name: '漢'.repeat(8_000),
    email: Array.from({ length: 400 }, (_, index) => `漢a${index}@acme.example`).join(' '),
  };

  it.each(['text', 'list', 'name', 'email'] as const)(
    'is not echoed whole, nor in the summary: %s',
    async (kind) => {
      const workflow = workflowFromJson({
        id: 'long',
        version: 1,
        title: 'Long',
        steps: [
          {
            id: 'only',
            title: 'Only',
            collects: { type: 'object', properties: { [kind]: fields[kind] }, required: [kind] },
          },
          { id: 'confirm', title: 'Confirm' },
        ],
      });
      const conversation = play(workflow, { turnCount: 1, now });
      for (const text of [said[kind], 'summary', `${kind}: ${said[kind].slice(0, 7_000)}`, 'back']) {
        const turn = await conversation.say(text);
        expect(Buffer.byteLength(turn.text) + Buffer.byteLength(turn.offers.join(''))).toBeLessThan(4_096);
      }
    },
  );
});
