import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkDefinition } from '../../../workflows/definition/check-definition.ts';
import { defineWorkflow } from '../../../workflows/definition/define-workflow.ts';
import { preamblePlaceholders, unknownPlaceholders } from '../../../workflows/definition/preamble.ts';

const step = { id: 'dates', title: 'Dates' };
const sound = { id: 'leave-request', version: 1, title: 'Leave request', steps: [step] };

/** Returns the faults of a sound definition after a change, as `path: message`. */
function faults(change: object): string[] {
  return checkDefinition({ ...sound, ...change }).map(({ path, message }) => `${path}: ${message}`);
}

/** Returns the faults of a definition whose one step collects these fields. */
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
        { id: 'confirm', title: 'Confirm', when: ({ days }) => days !== 0 },
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

describe('a check across fields, and the condition of a field', () => {
  const collects = z.object({ kind: z.string(), days: z.int() });
  const faultsOfStep = (rest: object) => faults({ steps: [{ id: 'a', title: 'A', collects, ...rest }] });

  it('may read the fields of its step and of those before it', () => {
    const check = ({ fields: { days } }: { fields: { days?: number } }) =>
      days === 0 ? { days: ['few'] } : {};
    const fieldWhen = { days: ({ kind }: { kind?: string }) => kind === 'x' };
    expect(faultsOfStep({ check, fieldWhen })).toEqual([]);
    expect(faults({ steps: [{ id: 'a', title: 'A', collects }], check })).toEqual([]);
  });

  it('is refused when it reads another field, each with the field that is meant', () => {
    const check = ({ fields }: { fields: { dayz?: number } }) => (fields.dayz === 0 ? { days: 'few' } : {});
    const fieldWhen = { kind: ({ days }: { days?: number }) => days === 1, kinds: () => true };
    expect(faultsOfStep({ check, fieldWhen })).toEqual([
      'steps.0.fieldWhen.kinds: the step does not collect "kinds": did you mean "kind"?',
      'steps.0.fieldWhen.kind: reads "days", which neither a step nor a field before it collects',
      'steps.0.check: reads "dayz", which neither its step nor a step before it collects: did you mean "days"?',
    ]);
    expect(faults({ steps: [{ id: 'a', title: 'A', collects }], check })).toEqual([
      'check: reads "dayz", which no step collects: did you mean "days"?',
    ]);
  });

  it('is refused when it throws while nothing is collected, or returns something else', () => {
    const throwing = ({ fields: { kind } }: { fields: { kind: string } }) => ({ days: kind.trim() });
    expect(faultsOfStep({ check: throwing })).toEqual([
      expect.stringMatching(/^steps\.0\.check: throws while nothing is collected yet \(.*trim.*\)/),
    ]);
    const returned = (what: string) =>
      `steps.0.check: must return an object of issues by field, empty for none; it returns ${what}`;
    expect(faultsOfStep({ check: () => undefined })).toEqual([returned('nothing')]);
    expect(faultsOfStep({ check: () => ['few'] })).toEqual([returned('a list')]);
    expect(faultsOfStep({ check: () => Promise.resolve({}) })).toEqual([returned('a promise')]);
    expect(faultsOfStep({ fieldWhen: { days: () => 'yes' } })).toEqual([
      'steps.0.fieldWhen.days: must return true or false, also while nothing is collected yet; it returns string',
    ]);
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

describe('the check of a budget', () => {
  it('takes turns, tokens or both', () => {
    for (const budget of [{ turns: 1 }, { tokens: 100_000 }, { turns: 40, tokens: 100_000 }])
      expect(faults({ budget })).toEqual([]);
  });

  it('asks for whole numbers from 1, and for one of the two', () => {
    expect(faults({ budget: { turns: 0, tokens: 1.5, money: 3 } })).toEqual([
      expect.stringMatching(/^budget\.turns: /),
      expect.stringMatching(/^budget\.tokens: /),
      'budget: Unrecognized key: "money"',
    ]);
    expect(faults({ budget: {} })).toEqual([
      'budget: must set turns, tokens or both: leave it out for any number',
    ]);
  });
});

describe('the check of cards', () => {
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

  it.each(['1st', 'first-name', '_name', 'na me', 'ü', '__proto__'])('must not be named %s', (name) => {
    expect(faultsCollecting(z.object({ [name]: z.string() }))).toEqual([
      `steps.0.collects.${name}: a field name is a letter, then letters, digits and underscores (64 at most)`,
    ]);
  });

  it.each(['constructor', 'prototype', 'toString', 'toLocaleString', 'isPrototypeOf'])(
    'must not be named %s, which is reserved',
    (name) => {
      expect(faultsCollecting(z.object({ [name]: z.string() }))).toEqual([
        `steps.0.collects.${name}: "${name}" is a reserved name: give the field another`,
      ]);
    },
  );

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

describe('a condition', () => {
  const kind = { id: 'kind', title: 'Kind', collects: z.object({ kind: z.enum(['x', 'y']), days: z.int() }) };
  const faultsOfWhen = (when: unknown) => faults({ steps: [kind, { id: 'b', title: 'B', when }] });

  it.each([
    ['reads a field of an earlier step', ({ kind: read }: Record<string, unknown>) => read === 'x'],
    ['reads none', () => true],
    [
      'looks whether a field is there',
      (collected: object) => 'kind' in collected || Object.hasOwn(collected, 'days'),
    ],
    ['looks at all there is', (collected: object) => JSON.stringify(collected) !== '{}'],
  ])('may be one that %s', (_, when) => {
    expect(faultsOfWhen(when)).toEqual([]);
  });

  it('is refused when it throws while nothing is collected', () => {
    const when = ({ kind: read }: { kind: { length: number } }) => read.length > 3;
    expect(faultsOfWhen(when)).toEqual([
      expect.stringMatching(
        /^steps\.1\.when: throws while nothing is collected yet \(.*length.*\): every field may be missing, so test it first$/,
      ),
    ]);
  });

  it.each([
    ['nothing', () => undefined],
    ['string', () => 'yes'],
    ['number', () => 1],
    ['a promise', () => Promise.resolve(true)],
  ])('is refused when it returns %s', (what, when) => {
    expect(faultsOfWhen(when)).toEqual([
      `steps.1.when: must return true or false, also while nothing is collected yet; it returns ${what}`,
    ]);
  });

  it('is refused when it reads what no step before it collects', () => {
    expect(faultsOfWhen(({ kindd }: Record<string, unknown>) => kindd === 'x')).toEqual([
      'steps.1.when: reads "kindd", which no step before it collects: did you mean "kind"?',
    ]);
    expect(faultsOfWhen((collected: object) => 'shoeSize' in collected)).toEqual([
      'steps.1.when: reads "shoeSize", which no step before it collects',
    ]);
    const own = { id: 'b', title: 'B', when: ({ b }: Record<string, unknown>) => b === 1 };
    expect(faults({ steps: [{ ...own, collects: z.object({ b: z.int() }) }] })).toEqual([
      'steps.0.when: reads "b", which no step before it collects',
    ]);
  });

  it('is not blamed for a field of a step that can not be read', () => {
    const steps = [
      { id: 'a', title: 'A', collects: 'nothing' },
      { id: 'b', title: 'B', when: ({ x }: Record<string, unknown>) => x === 1 },
    ];
    expect(faults({ steps })).toEqual([expect.stringMatching(/^steps\.0\.collects: /)]);
  });
});

describe('a field that no value can fit', () => {
  const collecting = (schema: z.ZodType) =>
    faults({ steps: [{ ...step, collects: z.object({ name: schema }) }] });

  it.each([
    [z.number().min(5).max(1), 'its minimum (5) is greater than its maximum (1)'],
    [z.string().min(5).max(1).optional(), 'its minLength (5) is greater than its maxLength (1)'],
    [z.array(z.string()).min(3).max(2), 'its minItems (3) is greater than its maxItems (2)'],
    [
      z.number().gt(1).lt(1),
      'its exclusiveMinimum (1) and its exclusiveMaximum (1) leave no number between them',
    ],
    [
      z.int().gt(1).lt(2),
      'there is no whole number within its exclusiveMinimum (1) and its exclusiveMaximum (2)',
    ],
    [
      z.number().min(11).max(14).multipleOf(5),
      'there is no multiple within its minimum (11) and its maximum (14) and its multipleOf (5)',
    ],
    [z.never(), 'it allows none'],
  ])('is refused: %#', (schema, reason) => {
    expect(collecting(schema)).toEqual([`steps.0.collects.name: no value can fit: ${reason}`]);
  });

  it('is named, wherever in the field it is', () => {
    expect(collecting(z.array(z.object({ days: z.int().min(5).max(1) })))).toEqual([
      'steps.0.collects.name.items.properties.days: no value can fit: its minimum (5) is greater than its maximum (1)',
    ]);
  });

  it.each([
    z.number().min(1).max(1),
    z.int().min(0).max(0.5),
    z.number().min(10).max(14).multipleOf(5),
    z.string().length(3),
    z.number().multipleOf(0.1).min(0.3).max(0.3),
    z.array(z.int()).length(0),
    z.literal(['a', 1]),
    z.union([z.string(), z.int()]),
    z.record(z.string(), z.int()),
  ])('is not seen where there is one: %#', (schema) => {
    expect(collecting(schema)).toEqual([]);
  });
});

describe('the pattern of a field', () => {
  const collecting = (schema: z.ZodType) =>
    faults({ steps: [{ ...step, collects: z.object({ name: schema }) }] });

  it.each([
    z.string().regex(/^[0-9]{4}$/),
    z.string().regex(/^\+?[0-9][0-9 ().\-/]{5,24}$/),
    z.email(),
    z.email({ pattern: z.regexes.html5Email }),
    z.url(),
    z.uuid(),
    z.iso.datetime({ offset: true }),
    z.string().startsWith('a.*b.*c').includes('(a+)+'),
    z.e164(),
    z.hostname(),
    z.jwt(),
    z.base64(),
    z.emoji(),
    z.ipv6(),
    z.mac(),
  ])('may be linear, or one of zod itself: %#', (schema) => {
    expect(collecting(schema)).toEqual([]);
  });

  const address = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

  it.each([
    z.string().max(254).regex(address),
    z.string().regex(address).max(254),
    z
      .string()
      .max(254)
      .regex(/^\S+@\S+$/)
      .optional(),
    z
      .string()
      .length(10)
      .regex(/^(a+)+$/),
    z.array(z.string().max(100).regex(address).nullable()),
    z.object({ mail: z.string().max(100).regex(address).default('a@b.c') }),
    z.email({ pattern: address }).max(100),
  ])('may be one that is harmless on texts as short as the field allows: %#', (schema) => {
    expect(collecting(schema)).toEqual([]);
  });

  it.each([
    z.string().regex(address),
    z.string().max(2_000).regex(address),
    z.string().trim().max(100).regex(address),
    z.union([z.string().max(100).regex(address), z.string()]),
    z.record(z.string().max(100).regex(address), z.int()),
  ])('is refused where texts may be long, or their length is not known before: %#', (schema) => {
    expect(collecting(schema)).toEqual([expect.stringMatching(/set a (small|smaller) maxLength/)]);
  });

  const hostile = /^(a+)+$/;

  it.each([
    z.string().regex(hostile),
    z.string().max(20).regex(hostile).optional(),
    z.array(z.string().regex(hostile)),
    z.object({ city: z.string().regex(hostile).nullable().optional() }),
    z.union([z.int(), z.string().regex(hostile)]),
    z.record(z.string().regex(hostile), z.int()),
    z.string().trim().pipe(z.string().regex(hostile)),
    z.tuple([z.string().regex(hostile)]),
    z.stringFormat('letters', hostile),
    z.email({ pattern: hostile }),
    z.url({ hostname: hostile }),
    z.string().default('a').check(z.regex(hostile)),
    z.string().regex(/^(a)\1$/),
    z.string().regex(/^(\p{L}+)+$/u),
  ])('is refused when it may take long, or that is not known: %#', (schema) => {
    expect(collecting(schema)).toEqual([
      expect.stringMatching(/^steps\.0\.collects\.name: its pattern \/.*\/ may take very long on some texts/),
    ]);
  });
});
