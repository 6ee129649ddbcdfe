import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkDefinition } from '../../workflows/definition/check-definition.ts';
import { defineWorkflow } from '../../workflows/definition/define-workflow.ts';
import { preamblePlaceholders, unknownPlaceholders } from '../../workflows/definition/preamble.ts';

const step = { id: 'dates', title: 'Dates' };
const sound = { id: 'leave-request', version: 1, title: 'Leave request', steps: [step] };

/** The faults of a sound definition with some of it replaced, as `path: message`. */
function faults(change: object): string[] {
  return checkDefinition({ ...sound, ...change }).map(({ path, message }) => `${path}: ${message}`);
}

/** The faults of a definition whose one step collects these. */
const faultsCollecting = (collects: unknown) => faults({ steps: [{ ...step, collects }] });

describe('a sound definition has no fault', () => {
  it('with every key it may have', () => {
    const definition = defineWorkflow({
      id: 'leave-request-2',
      version: 3,
      title: 'Leave request',
      description: 'Days off',
      preamble: `You help with {{workflow}}. ${preamblePlaceholders.map((name) => `{{${name}}}`).join(' ')}`,
      steps: [
        {
          id: 'dates',
          title: 'Dates',
          description: 'When',
          collects: z.object({
            from: z.iso.date(),
            days: z.int().min(1),
            half_day: z.boolean().optional(),
            reason: z.enum(['holiday', 'illness']).default('holiday'),
            trimmed: z.string().trim(),
            places: z.array(z.object({ city: z.string() })),
          }),
        },
        { id: 'confirm', title: 'Confirm', when: (collected) => collected['days'] !== 0 },
      ],
      cards: { allowedActions: ['approve', 'Save it'], allowedHosts: ['example.com', '*.docs.example'] },
      migrate: ({ collected }) => collected,
    });
    expect(checkDefinition(definition)).toEqual([]);
  });
});

describe('the shape', () => {
  it.each([undefined, null, 'text', 42, [], {}])('of %j is no definition', (candidate) => {
    expect(checkDefinition(candidate)).not.toEqual([]);
  });

  it.each(['', 'Leave', 'leave_request', '-leave', 'leave--request', 'leave request', 'léave'])(
    'refuses the id %j, of a workflow and of a step',
    (id) => {
      const message = 'must be lower-case words joined by hyphens, like "leave-request"';
      expect(faults({ id })).toEqual([`id: ${message}`]);
      expect(faults({ steps: [{ ...step, id }] })).toEqual([`steps.0.id: ${message}`]);
    },
  );

  it('refuses an id of more than 64 characters', () => {
    expect(faults({ id: 'a'.repeat(64) })).toEqual([]);
    expect(faults({ id: 'a'.repeat(65) })).toEqual([expect.stringMatching(/^id: /)]);
  });

  it.each([0, -1, 1.5, '1', null])('refuses the version %j', (version) => {
    expect(faults({ version })).toEqual([expect.stringMatching(/^version: /)]);
  });

  it('refuses a blank title, of the workflow and of a step', () => {
    expect(faults({ title: '  ', steps: [{ ...step, title: '' }] })).toEqual([
      expect.stringMatching(/^title: /),
      expect.stringMatching(/^steps\.0\.title: /),
    ]);
  });

  it('refuses keys that it does not know, of the workflow and of a step', () => {
    expect(faults({ colour: 'red', steps: [{ ...step, optional: true }] })).toEqual([
      'steps.0: Unrecognized key: "optional"',
      ': Unrecognized key: "colour"',
    ]);
  });

  it('refuses a workflow without steps', () => {
    expect(faults({ steps: [] })).toEqual(['steps: must have at least one step']);
  });

  it('refuses more than 100 steps', () => {
    const steps = Array.from({ length: 101 }, (_, index) => ({ ...step, id: `step-${index}` }));
    expect(faults({ steps: steps.slice(1) })).toEqual([]);
    expect(faults({ steps })).toEqual([expect.stringMatching(/^steps: /)]);
  });

  it('refuses conditions and migrations that are no functions', () => {
    expect(faults({ migrate: 'later', steps: [{ ...step, when: true }] })).toEqual([
      'steps.0.when: must be a function, and not an async one',
      'migrate: must be a function, and not an async one',
    ]);
  });

  it('refuses async conditions and migrations, whose promises would pass for an answer', () => {
    const when = async () => Promise.resolve(false);
    expect(faults({ migrate: async () => Promise.resolve({}), steps: [{ ...step, when }] })).toHaveLength(2);
  });
});

describe('the preamble', () => {
  it('may use the known placeholders only', () => {
    const known = preamblePlaceholders.map((name) => `{{${name}}}`).join(', ');
    expect(faults({ preamble: 'Hello {{user}}' })).toEqual([
      `preamble: uses {{user}}, but there are only ${known}`,
    ]);
  });

  it('has its unknown placeholders named, each time, and single braces left alone', () => {
    expect(unknownPlaceholders('{{step}} {{user}} {user} {{ step }} {{userName}} {{user}}')).toEqual([
      'user',
      'userName',
      'user',
    ]);
  });

  it('is refused when it is longer than 8000 characters', () => {
    expect(faults({ preamble: 'x'.repeat(8000) })).toEqual([]);
    expect(faults({ preamble: 'x'.repeat(8001) })).toEqual([expect.stringMatching(/^preamble: /)]);
  });
});

describe('what cards may do', () => {
  const hosts = (host: unknown) => faults({ cards: { allowedHosts: [host] } });

  it.each([
    'example.com',
    'a-b.example.com',
    '*.example.com',
    'example.com:8443',
    '*.example.com:8443',
    'localhost:3000',
    '127.0.0.1',
    'xn--bcher-kva.example',
  ])('takes %j for a host', (host) => {
    expect(hosts(host)).toEqual([]);
  });

  it.each([
    ...[
      '',
      '*',
      '*.',
      '.example.com',
      'example.com.',
      'a..example',
      '*example.com',
      'a.*.example',
      '**.example',
    ],
    ...[
      'https://example.com',
      '//example.com',
      'example.com/',
      'example.com/path',
      'example.com?q',
      'a@example.com',
    ],
    ...[
      'Example.com',
      'bücher.example',
      'exam ple.com',
      'example.com:443',
      'example.com:',
      'example.com:99999',
    ],
    ...['1.2.3', '0x7f000001', '[::1]', 'a_b.example', `${'a.'.repeat(150)}example`, 5, null],
  ])('refuses the host %j, which no address would ever match or which says too much', (host) => {
    expect(hosts(host)).toEqual([expect.stringMatching(/^cards\.allowedHosts\.0: /)]);
  });

  it('says how a host is written', () => {
    expect(hosts('https://example.com')).toEqual([
      'cards.allowedHosts.0: must be a host in lower case, like "example.com", or "*.example.com" for all below it; ' +
        'with a port only where it is not the usual one, and without "https://" or a path',
    ]);
  });

  it('refuses names that are no names, and keys that it does not know', () => {
    expect(faults({ cards: { allowedActions: ['', 5], colours: [] } })).toEqual([
      expect.stringMatching(/^cards\.allowedActions\.0: /),
      expect.stringMatching(/^cards\.allowedActions\.1: /),
      'cards: Unrecognized key: "colours"',
    ]);
    expect(faults({ cards: [] })).toEqual([expect.stringMatching(/^cards: /)]);
  });
});

describe('step ids and fields are unique', () => {
  it('refuses a second step of the same id', () => {
    expect(faults({ steps: [step, { id: 'other', title: 'Other' }, step] })).toEqual([
      'steps.2.id: duplicate step id "dates": each step needs its own',
    ]);
  });

  it('refuses a field that two steps collect, naming the step that has it', () => {
    const steps = [
      { id: 'first', title: 'First', collects: z.object({ name: z.string() }) },
      { id: 'second', title: 'Second', collects: z.object({ name: z.string(), age: z.int() }) },
    ];
    expect(faults({ steps })).toEqual([
      'steps.1.collects.name: field "name" is already collected by step "first": a field belongs to one step',
    ]);
  });
});

describe('collected fields', () => {
  it.each([
    ['a string schema', z.string()],
    ['a plain object', { name: 'string' }],
    ['null', null],
  ])('must be an object schema, which %s is not', (_, collects) => {
    expect(faultsCollecting(collects)).toEqual([
      'steps.0.collects: must be a zod object schema: z.object({ … })',
    ]);
  });

  it('must be some', () => {
    expect(faultsCollecting(z.object({}))).toEqual([
      'steps.0.collects: collects no field: leave `collects` out of a step that collects nothing',
    ]);
  });

  it('cannot be checked together, because they arrive one by one', () => {
    const together = z.object({ from: z.string(), to: z.string() }).refine(({ from, to }) => from < to);
    expect(faultsCollecting(together)).toEqual([
      expect.stringContaining('steps.0.collects: fields are checked one by one'),
    ]);
  });

  it.each([
    '1st',
    'first-name',
    '_name',
    'na me',
    'ü',
    'constructor',
    'prototype',
    'toString',
    'toLocaleString',
    'isPrototypeOf',
  ])('must not be named %s', (name) => {
    expect(faultsCollecting(z.object({ [name]: z.string() }))).toEqual([
      `steps.0.collects.${name}: a field name is a letter, then letters, digits and underscores (64 at most)`,
    ]);
  });

  it('must not reach for a prototype by name', () => {
    const shape = Object.defineProperty({}, '__proto__', { value: z.string(), enumerable: true });
    expect(faultsCollecting(z.object(shape))).not.toEqual([]);
  });

  it('have names of 64 characters at most', () => {
    expect(faultsCollecting(z.object({ ['a'.repeat(64)]: z.string() }))).toEqual([]);
    expect(faultsCollecting(z.object({ ['a'.repeat(65)]: z.string() }))).toHaveLength(1);
  });

  it.each([
    ['a Date', z.date()],
    ['a bigint', z.bigint()],
    ['a Map', z.map(z.string(), z.string())],
    ['undefined', z.undefined()],
    ['a Date within a list', z.array(z.date())],
    [
      'a Date that is stored as a string',
      z.codec(z.date(), z.string(), {
        decode: (date) => date.toISOString(),
        encode: (text) => new Date(text),
      }),
    ],
    ['a value transformed into what nobody knows', z.string().transform((text) => new Date(text))],
  ])('must not be %s, which JSON cannot carry', (_, schema) => {
    expect(faultsCollecting(z.object({ value: schema }))).toEqual([
      expect.stringMatching(/^steps\.0\.collects\.value: JSON can't carry its values .*z\.iso\.date\(\)/),
    ]);
  });
});

it('lists every fault at once: one of the shape hides none of the fields', () => {
  const collects = z.object({ when: z.date(), 'bad-name': z.string() });
  expect(
    checkDefinition({
      id: 'Bad Id',
      version: 0,
      steps: [
        { id: 'same', title: '', collects },
        { id: 'same', title: 'Same', collects },
        { id: 'Bad Step', title: 'Bad', collects: 'nothing' },
      ],
    }).map(({ path }) => path),
  ).toEqual([
    'id',
    'version',
    'title',
    'steps.0.title',
    'steps.2.id',
    'steps.2.collects',
    'steps.1.id',
    'steps.1.collects.when',
    'steps.1.collects.bad-name',
    'steps.0.collects.when',
    'steps.0.collects.bad-name',
    'steps.1.collects.when',
    'steps.1.collects.bad-name',
  ]);
});

describe('a field that could never be collected', () => {
  const collecting = (schema: z.ZodType) =>
    faults({ steps: [{ ...step, collects: z.object({ name: schema }) }] });

  it('is refused when its checks are async', () => {
    expect(collecting(z.string().refine(async () => Promise.resolve(true)))).toEqual([
      'steps.0.collects.name: its checks must not be async: a turn does not wait for them',
    ]);
  });

  it('is refused when its checks throw', () => {
    const broken = z.string().refine(() => {
      throw new Error('broken');
    });
    expect(collecting(broken)).toEqual(['steps.0.collects.name: its checks throw (broken)']);
  });

  it('is refused when it is required and may be null, which clears a field', () => {
    expect(collecting(z.string().nullable())).toHaveLength(1);
    expect(collecting(z.string().nullable().optional())).toEqual([]);
  });
});
