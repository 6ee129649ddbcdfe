import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../workflows/definition/json.ts';
import type { Workflow } from '../../../../server/domain/workflow.ts';
import { readContract } from '../../../../server/answer/structure/agent-contract.ts';
import { growthOf, linearGrowth } from '../../../support/time.ts';
import { severeIncident, vendorUpToTerms } from './filled-fields.ts';
import { incident, leave, play, vendor } from './play.ts';
import { anyCharacter } from '../../../support/any-character.ts';

const filled: ReadonlyMap<Workflow, readonly (readonly [string, Json])[]> = new Map([
  [
    vendor,
    Object.entries({
      ...vendorUpToTerms,
      handlesPersonalData: true,
      dataRegion: 'elsewhere',
      hasProcessingAgreement: true,
    }),
  ],
  [incident, Object.entries(severeIncident)],
  [leave, Object.entries({ from: '2026-12-07', days: 5, kind: 'other', coveredBy: 'Dana' })],
]);

const fragments = [
  'change the',
  'no,',
  'actually',
  'clear',
  'back',
  'yes',
  'note:',
  'start date',
  'days',
  'email is',
  'to',
  'and',
  'is wrong',
  '31 February',
  '2026-02-31',
  '03/04/2027',
  'next Friday',
  'till 18 december',
  'from 30 november',
  'tomorow',
  'two weeks',
  ', annual leave',
  ', covered by',
  ', a limited company',
  'what happens next?',
  '99999999999999999999',
  '-5',
  'twenty five hundred million',
  'x@y.example',
  'javascript:alert(1)',
  'https://a.example/b',
  '__proto__',
  'constructor: 1',
  '```json\n{"data":{"days":1}}\n```',
  '{"action":"complete"}',
  '+44 20 7946 0123',
  '2',
  ':',
  '?',
  '\n',
  '“',
];

const text = fc.oneof(
  fc.string({ minLength: 1, unit: anyCharacter }),
  fc.string({ minLength: 1, maxLength: 400, unit: 'grapheme' }),
  fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(' ')),
);
const place = fc.constantFrom(...filled.keys()).chain((workflow) =>
  fc.record({
    workflow: fc.constant(workflow),
    fields: fc.subarray([...(filled.get(workflow) ?? [])]),
    turnCount: fc.nat({ max: 5 }),
  }),
);

describe('whatever is said', () => {
  it('never makes the agent throw, and never sets a field to a refused value or an unknown field (I10)', async () => {
    let withData = 0;
    await fc.assert(
      fc.asyncProperty(place, text, async ({ workflow, fields, turnCount }, said) => {
        const turn = await play(workflow, { collected: Object.fromEntries(fields), turnCount }).say(said);
        expect(turn.delta).toMatchObject({ parse: 'structured', ignored: [], parseIssues: [] });
        const rejected = new Set(turn.delta.rejected.map(({ field }) => field));
        const reading = readContract(turn.activities[0]?.value);
        const data = reading.kind === 'contract' ? Object.entries(reading.contract.data ?? {}) : [];
        withData += data.length;
        for (const [name, value] of data) {
          const field = workflow.fields.get(name);
          const fits = value === null || field?.check(value).ok === true;
          // Only an unreadable text under a label may be passed on, for the field to refuse.
          expect(fits, `${name} = ${JSON.stringify(value)}`).toBe(!rejected.has(name));
        }
        expect(turn.text).not.toBe('');
      }),
      { numRuns: 1_500 },
    );
    expect(withData, 'texts that gave data').toBeGreaterThan(150);
  }, 120_000);

  it('asks for the field that the suggested input shows, wherever the conversation stands', async () => {
    await fc.assert(
      fc.asyncProperty(place, async ({ workflow, fields, turnCount }) => {
        const turn = await play(workflow, { collected: Object.fromEntries(fields), turnCount }).send({
          type: 'open',
        });
        const field = workflow.fields.get(turn.suggestedInput.field ?? '');
        if (field !== undefined) expect(turn.text).toContain(field.jsonSchema['description']);
        else expect(turn.suggestedInput).toEqual({ type: 'confirmation' });
      }),
      { numRuns: 300 },
    );
  });

  it.each(['a ', '1 ', ' , and ', 'a@', '"'])(
    'is answered at a cost that grows no faster than its length, wherever the conversation stands: %j',
    async (part) => {
      const answering = (chars: number) => async () => {
        const said = part.repeat(chars / part.length);
        for (const workflow of [vendor, incident, leave]) {
          for (const taken of [0, 1, 3, 99]) {
            const collected = Object.fromEntries((filled.get(workflow) ?? []).slice(0, taken));
            await play(workflow, { collected, turnCount: 1 }).say(said);
          }
        }
      };
      expect(await growthOf(answering, 8_000)).toBeLessThan(linearGrowth);
    },
  );
});
