import { describe, expect, test } from 'vitest';
import type { DefinitionResult, Message, SuggestedInput } from '@turnkeeper/client';
import { offersOf } from '../../../apps/chat/src/composer/answer-options.ts';
import { fieldInputOf, inputTextOf } from '../../../apps/chat/src/controls/field-input.ts';
import { describeData } from '../../../apps/chat/src/workflow/describe-data.ts';
import { explainRejection } from '../../../apps/chat/src/workflow/explain-rejection.ts';
import { autofillOf, fieldsOf, findField, labelOf } from '../../../apps/chat/src/workflow/field.ts';
import { canUndo } from '../../../apps/chat/src/workflow/conversation-view.ts';
import { formatValue } from '../../../apps/chat/src/workflow/format-value.ts';

const definition: DefinitionResult = {
  id: 'w',
  version: 1,
  title: 'W',
  steps: [
    {
      id: 'all',
      title: 'All',
      fields: {
        type: 'object',
        properties: {
          kind: { type: 'string', enum: ['annual', 'sick'], title: 'Kind of leave' },
          days: { type: 'integer', minimum: 1, maximum: 60 },
          startsOn: {
            anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }],
            description: 'the first day',
          },
          callbackNumber: { type: 'string', description: 'the phone number to call' },
          note: { type: 'string', maxLength: 200 },
          mobile: { type: 'string', format: 'e164', title: 'Reach me at' },
          mail: { type: 'string', format: 'email' },
          contactName: { type: 'string' },
          legalName: { type: 'string' },
          billingAddress: { type: 'string' },
          endsAt: { type: 'string', format: 'date-time' },
          form: {
            oneOf: [
              { const: 'ltd', title: 'Limited company' },
              { const: 'sole', title: 'Sole trader' },
            ],
          },
          days_off: { type: 'array', items: { type: 'string', enum: ['Mon', 'Tue'] }, title: 'Days off' },
          opensAt: { type: 'string', input: 'time' },
          story: { type: 'string', input: 'longText' },
          odd: 'not a schema',
        },
        required: ['kind', 'days'],
      },
    },
  ],
};

const now = new Date(0);
/** The parts of a view that say whether something can be taken back. */
const stored = {
  status: 'active' as const,
  workflowState: {
    ...{ status: 'active' as const, currentStep: 'all', collected: {}, sources: {}, turnCount: 2 },
    ...{ definitionVersion: 1, openedAt: now, updatedAt: now, expiresAt: now, open: [] },
    suggestedInput: { type: 'text' as const },
  },
  lastTurn: {
    ...{ number: 2, stateChanged: false, collected: {}, rejected: [], ignored: [], action: null },
    ...{ step: { from: 'all', to: 'all' }, parse: 'none' as const, parseIssues: [], citations: [] },
  },
};

const field = (name: string) => findField(definition, name);

describe('a field that a browser or a phone knows', () => {
  test('is filled in from what they know, and gets its keyboard', () => {
    const autofill = (name: string) => {
      const found = field(name);
      return found === null ? null : autofillOf(found);
    };
    expect(
      ['mobile', 'callbackNumber', 'mail', 'contactName', 'legalName', 'billingAddress', 'note', 'days'].map(
        autofill,
      ),
    ).toEqual(['tel', 'tel', 'email', 'name', 'organization', 'street-address', 'off', 'off']);
    const mobile = field('mobile');
    expect(mobile === null ? null : fieldInputOf(mobile)?.input).toMatchObject({
      ...{ type: 'tel', inputMode: 'tel', autoComplete: 'tel' },
    });
  });
});

describe('a field of a JSON Schema', () => {
  test('has its title as label, or its name split into words', () => {
    expect(field('kind')?.label).toBe('Kind of leave');
    expect(field('startsOn')?.label).toBe('Starts on');
    expect(labelOf('taxID')).toBe('Tax ID');
  });

  test('has a kind, also with alternatives and with a malformed schema', () => {
    const kinds = definition.steps.flatMap(fieldsOf).map(({ kind }) => kind);
    expect(kinds).toEqual([
      ...['choice', 'number', 'date', 'phone', 'text', 'phone', 'email', 'text', 'text', 'text'],
      ...['date-time', 'choice', 'choices', 'time', 'long-text', 'other'],
    ]);
  });
});

describe('fields that the user set', () => {
  test('are described by label and title, and a cleared one has no value', () => {
    const set = { form: 'ltd', startsOn: '2027-05-03', days_off: ['Mon', 'Tue'], note: null, taxID: 7 };
    expect(describeData(definition, set)).toEqual([
      { name: 'form', label: 'Form', value: 'Limited company' },
      { name: 'startsOn', label: 'Starts on', value: 'Mon, 3 May 2027' },
      { name: 'days_off', label: 'Days off', value: 'Mon, Tue' },
      { name: 'note', label: 'Note', value: null },
      { name: 'taxID', label: 'Tax ID', value: '7' },
    ]);
  });
});

describe('a change', () => {
  const sources = { city: 'said', seats: 'prefilled' } as const;
  const state = (of: Readonly<Record<string, 'said' | 'prefilled'>>) => ({
    ...stored,
    workflowState: { ...stored.workflowState, sources: of },
  });
  test('can be taken back once something was said or entered, while the conversation goes on', () => {
    expect(canUndo(state(sources))).toBe(true);
    expect(canUndo({ ...state(sources), status: 'completed' })).toBe(false);
    expect(canUndo(state({ seats: 'prefilled' }))).toBe(false);
    const cleared = { ...stored.lastTurn, collected: { city: null } };
    expect(canUndo({ ...state({}), lastTurn: cleared })).toBe(true);
    expect(canUndo({ ...state({}), lastTurn: { ...cleared, undid: 1 } })).toBe(false);
  });
});

describe('a time', () => {
  test('is shown in UTC, whatever zone it was written in', () => {
    expect(formatValue('2027-05-03T22:30:00+02:00', 'date-time')).toBe('3 May 2027, 20:30 UTC');
  });

  test('is picked in UTC, and set as the moment that it is', () => {
    const endsAt = field('endsAt');
    const control = endsAt === null ? null : fieldInputOf(endsAt);
    expect(control?.label).toBe('Ends at (UTC)');
    expect(control?.toValue('2027-05-03T20:30')).toBe('2027-05-03T20:30:00Z');
    expect(inputTextOf({ kind: 'date-time' }, '2027-05-03T22:30:00+02:00')).toBe('2027-05-03T20:30');
  });
});

describe('the explanation of a rejected value', () => {
  test.each([
    ['kind', 'Invalid option: expected one of "annual"|"sick"', 'Choose one of: annual, sick.'],
    ['days', 'Too big: expected number to be <=60', 'Enter a whole number from 1 to 60.'],
    ['startsOn', 'Invalid ISO date', 'Enter a date.'],
    ['note', 'Too big: expected string to have <=200 characters', 'Enter text of at most 200 characters.'],
    [
      'callbackNumber',
      'Please give the number with its country code.',
      'Please give the number with its country code.',
    ],
    ['elsewhere', 'Invalid input', 'Invalid input'],
  ])('%s: %s', (name, issue, said) => {
    expect(explainRejection(field(name), [issue])).toBe(said);
  });
});

describe('the offered answers', () => {
  const choice: SuggestedInput = {
    type: 'choice',
    field: 'kind',
    choices: [
      { value: 'annual', title: 'Annual' },
      { value: 'sick', title: 'Sick' },
    ],
  };
  const said: Message = {
    id: '1.1',
    role: 'assistant',
    turn: 1,
    kind: 'text',
    suggestedActions: [
      { title: 'Annual', value: 'annual' },
      { title: 'Not sure', value: 'I am not sure' },
    ],
  };

  test('are the field’s choices, then the agent’s suggestions', () => {
    expect(offersOf(choice, [said]).map(({ words }) => words)).toEqual(['annual', 'sick', 'I am not sure']);
    expect(offersOf(choice, [said]).map(({ sets }) => sets)).toEqual([
      { field: 'kind', value: 'annual' },
      { field: 'kind', value: 'sick' },
      null,
    ]);
  });

  test('do not include the agent’s suggestions of an older turn', () => {
    const after: Message = { id: '2.0', role: 'user', turn: 2, kind: 'text', text: 'hm' };
    expect(offersOf({ type: 'text' }, [said, after])).toEqual([]);
  });

  test('are yes and no for a confirmation: words, or the values of a field', () => {
    const setting = { type: 'confirmation', field: 'isUrgent' } as const;
    expect(offersOf(setting, []).map(({ sets }) => sets?.value)).toEqual([true, false]);
    expect(offersOf({ type: 'confirmation' }, []).map(({ sets }) => sets)).toEqual([null, null]);
    expect(offersOf({ type: 'confirmation' }, []).map(({ title }) => title)).toEqual(['Yes', 'No']);
  });
});
