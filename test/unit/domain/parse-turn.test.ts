import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activitySchema } from '../../../server/answer/activity.ts';
import type { Activity } from '../../../server/answer/activity.ts';
import { limits } from '../../../server/domain/limits.ts';
import type { ParsedTurn } from '../../../server/domain/parsed-turn.ts';
import { fenced, message, textOf } from './domain-samples.ts';
import { normalizeActivities, parseActivities } from '../../support/read-activities.ts';
import { growthOf, linearGrowth } from '../../support/time.ts';
import { anyCharacter } from '../../support/any-character.ts';

const adaptiveCard = (data: unknown) => ({
  contentType: 'application/vnd.microsoft.card.adaptive',
  content: { type: 'AdaptiveCard', version: '1.5', data },
});
const contractOf = (place: string) => ({ action: 'ask', data: { place } });
const parseText = (text: string): ParsedTurn => parseActivities([message({ text })]);
const cards = { allowedActions: null, allowedHosts: [] };
const dataOf = (parsed: ParsedTurn): Record<string, unknown> => Object.fromEntries(parsed.data);

describe('structure', () => {
  it('is read whole: action, prompt, data, step and citations', () => {
    const value = {
      action: 'confirm',
      prompt: 'All right?',
      data: { days: 3, tags: ['a'] },
      step: 'confirm',
      confidence: 0.9,
      citations: ['https://example.org/policy'],
      somethingElse: true,
    };
    expect(parseActivities([message({ value })])).toEqual({
      parse: 'structured',
      parseIssues: [],
      payload: { source: 'value', confidence: 'high', data: { days: 3, tags: ['a'] } },
      data: new Map<string, unknown>([
        ['days', 3],
        ['tags', ['a']],
      ]),
      action: 'confirm',
      step: 'confirm',
      prompt: 'All right?',
      citations: ['https://example.org/policy'],
      more: null,
      agentEnd: null,
    });
  });

  it('needs no part of it in particular', () => {
    expect(parseActivities([message({ value: { action: 'complete' } })])).toMatchObject({
      parse: 'structured',
      action: 'complete',
      step: null,
      prompt: null,
      payload: { data: {} },
    });
  });

  it('may come in an event, and never counts in an activity that is still being typed', () => {
    const value = contractOf('here');
    expect(parseActivities([{ type: 'event', value }]).parse).toBe('structured');
    expect(parseActivities([{ type: 'typing', value, text: fenced(value) }]).parse).toBe('passthrough');
    expect(parseActivities([{ type: 'invoke', value }]).parse).toBe('passthrough');
    expect(parseActivities([{ value }]).parse).toBe('passthrough');
  });
});

describe('the end of the agent’s own conversation', () => {
  const endOf = (...activities: Activity[]) => parseActivities(activities).agentEnd;

  it('is told, and whether it was completed: only where its code says so, or nothing', () => {
    expect(endOf({ type: 'endOfConversation' })).toBe('completed');
    expect(endOf({ type: 'endOfConversation', code: 'completedSuccessfully' })).toBe('completed');
    for (const code of [
      'unknown',
      'userCancelled',
      'botTimedOut',
      'botIssuedInvalidMessage',
      'channelFailed',
      '',
    ]) {
      expect(endOf({ type: 'endOfConversation', code })).toBe('broken-off');
    }
    expect(endOf(message({ code: 'completedSuccessfully' }))).toBeNull();
  });

  it('is as the last one says, and only where it is said to the user', () => {
    expect(endOf({ type: 'endOfConversation', code: 'unknown' }, { type: 'endOfConversation' })).toBe(
      'completed',
    );
    expect(endOf({ type: 'endOfConversation', recipient: { role: 'skill' } })).toBeNull();
  });

  it('may bring structure, as skills end with their result', () => {
    const parsed = parseActivities([{ type: 'endOfConversation', value: contractOf('end') }]);
    expect(parsed).toMatchObject({ parse: 'structured', agentEnd: 'completed' });
    expect(dataOf(parsed)).toEqual({ place: 'end' });
  });
});

describe('the places of structure', () => {
  // The places, in the order in which they are tried.
  const places = [
    { source: 'value', confidence: 'high', activity: message({ value: contractOf('value') }) },
    {
      source: 'channelData',
      confidence: 'high',
      activity: message({ channelData: contractOf('channelData') }),
    },
    { source: 'entities', confidence: 'medium', activity: message({ entities: [contractOf('entities')] }) },
    {
      source: 'card',
      confidence: 'medium',
      activity: message({ attachments: [adaptiveCard(contractOf('card'))] }),
    },
    { source: 'text', confidence: 'low', activity: message({ text: fenced(contractOf('text')) }) },
    {
      source: 'text',
      confidence: 'low',
      activity: message({ text: JSON.stringify(contractOf('whole text')) }),
    },
  ];

  it.each(places)('include $source, with $confidence confidence', ({ source, confidence, activity }) => {
    expect(parseActivities([activity]).payload).toMatchObject({ source, confidence });
  });

  it('include a value that came as the text of its JSON, as an event of a topic may send it', () => {
    const value = JSON.stringify(contractOf('value'));
    const parsed = parseActivities([{ type: 'event', name: 'e', value }]);
    expect(parsed.payload).toMatchObject({ source: 'value', confidence: 'high' });
    expect(parsed.data).toEqual(parseActivities([message({ value: contractOf('value') })]).data);
    expect(parseActivities([message({ value: 'just words', text: 'Hi' })]).parse).toBe('passthrough');
    expect(parseActivities([message({ value: '{"broken', text: 'Hi' })]).parse).toBe('passthrough');
  });

  it.each(places.slice(1).map((later, index) => ({ earlier: places[index], later })))(
    'come in their order, whatever the order of the activities: $earlier.source before $later.source',
    ({ earlier, later }) => {
      const both = [later.activity, ...(earlier === undefined ? [] : [earlier.activity])];
      expect(both).toHaveLength(2);
      expect(parseActivities(both).data).toEqual(parseActivities(both.slice(1)).data);
      expect(parseActivities([...both].reverse()).data).toEqual(parseActivities(both.slice(1)).data);
    },
  );

  it('give way to the next one, and say why, when they hold something malformed', () => {
    const parsed = parseActivities([
      message({ value: { action: 'dance' }, channelData: { data: [] }, entities: [contractOf('entities')] }),
    ]);
    expect(parsed.parse).toBe('structured');
    expect(dataOf(parsed)).toEqual({ place: 'entities' });
    expect(parsed.parseIssues.map((issue) => issue.split(':')[0])).toEqual(['value', 'channelData']);
  });

  it('do not mistake what services put there for their own purposes', () => {
    const activity = message({
      text: 'Hello.',
      value: 'a string',
      channelData: { tenant: { id: 't' }, feedbackLoop: { type: 'default' }, confidence: 1, citations: [] },
      entities: [
        { type: 'https://schema.org/Message', citation: [{ position: 1 }] },
        { type: 'streaminfo', streamId: 's', action: 'ask', data: { place: 'stream' } },
        'not an object',
        null,
      ],
      attachments: [adaptiveCard(undefined), { contentType: 'image/png' }, null],
    });
    expect(parseActivities([activity])).toMatchObject({
      parse: 'passthrough',
      parseIssues: [],
      payload: null,
    });
  });
});

describe('fenced blocks', () => {
  const good = fenced(contractOf('good'));

  it.each([
    ['with words around it', `Sure.\n${good}\nAnything else?`],
    ['with Windows line ends', good.replaceAll('\n', '\r\n')],
    ['with an upper-case tag and spaces', good.replace('```json', '  ``` JSON  ')],
    ['over several lines', fenced(JSON.stringify(contractOf('good'), null, 2))],
    ['after one that is not JSON', `${fenced('{oops')}\n${good}`],
    ['after one of the wrong shape', `${fenced({ action: 7 })}\n${good}`],
    ['after one of other JSON', `${fenced([1, 2])}\n${fenced({ hello: 1 })}\n${good}`],
    ['after an empty one', '```json\n```\n' + good],
    ['after one whose closing fence is missing', '```json\n{"action":\n' + good],
    ['after a block in another language', '```python\nprint("hi")\n```\n' + good],
    ['without a closing fence, before one that is not JSON', good.replace(/```$/, fenced('{oops'))],
    ['without a closing fence, at the end', good.replace(/\n```$/, '')],
    ['without a closing fence, before a line end', good.replace(/```$/, '')],
  ])('are found: one %s', (_what, text) => {
    expect(dataOf(parseText(text))).toEqual({ place: 'good' });
  });

  it('count in their order when several are good', () => {
    expect(dataOf(parseText(`${fenced(contractOf('first'))}\n${good}`))).toEqual({ place: 'first' });
  });

  it('are reported when they are bad and their closing fence is missing', () => {
    const { parse, parseIssues } = parseText('```json\n{"action":\n' + good);
    expect({ parse, parseIssues }).toEqual({ parse: 'structured', parseIssues: ['text: is not valid JSON'] });
  });

  it.each([
    ['without the tag', (json: string) => `\`\`\`\n${json}\n\`\`\``],
    ['on one line', (json: string) => `\`\`\`json ${json} \`\`\``],
    ['within a line', (json: string) => `Say \`\`\`json ${json} \`\`\``],
    ['of tildes', (json: string) => `~~~\n${json}\n~~~`],
    ['of more backticks', (json: string) => `\`\`\`\`json5\n${json}\n\`\`\`\``],
    ['indented as code', (json: string) => `    \`\`\`json\n${json}`],
    ['in backticks', (json: string) => `\`${json}\``],
    ['none at all', (json: string) => `Here it is: ${json} That is all.`],
    ['around a list of one', (json: string) => `\`\`\`json\n[${json}]\n\`\`\``],
    ['around the same twice', (json: string) => `\`\`\`json\n${json}\n${json}\n\`\`\``],
  ])('are found in fences as models write them: %s', (_what, write) => {
    expect(dataOf(parseText(write(JSON.stringify(contractOf('good')))))).toEqual({ place: 'good' });
    expect(dataOf(parseText(write(JSON.stringify(contractOf('good'), null, 2))))).toEqual({ place: 'good' });
  });

  it('may hold the slips that models make, and nothing that breaks off', () => {
    for (const json of [
      '{"data":{"place":"good",},}',
      '{"data":{"place":"good"} // as they said\n}',
      '{/* so */"data":{"place":"good"}}',
    ]) {
      expect(dataOf(parseText(fenced(json)))).toEqual({ place: 'good' });
    }
    expect(parseText(fenced('{"prompt":"Line one\nline two","data":{"place":"good"}}')).prompt).toBe(
      'Line one\nline two',
    );
    expect(parseText(fenced('{"data":{"place":"good"}')).parse).toBe('invalid');
  });

  it('are found after any number of bad ones, and of others with another purpose', () => {
    for (const other of [fenced('{oops'), fenced({ example: 1 })]) {
      const text = [...Array.from({ length: 200 }, () => other), good].join('\n');
      expect(parseText(text).parse).toBe('structured');
    }
  });
});

describe('malformed structure', () => {
  it.each([
    ['not JSON', fenced('{"action": ask}'), 'text: is not valid JSON'],
    ['cut off', '```json\n{"action": "ask", "da', 'text: is not valid JSON'],
    ['an unknown action', fenced({ action: 'dance' }), 'text: action: '],
    ['a prompt that is no text', fenced({ prompt: 5 }), 'text: prompt: '],
    ['data that is a list', fenced({ data: [1] }), 'text: data: '],
    ['data that is text', fenced({ data: 'days=3' }), 'text: data: '],
    ['a step that is no text', fenced({ step: ['a'] }), 'text: step: '],
    ['a step id longer than any', fenced({ step: 's'.repeat(65) }), 'text: step: '],
    ['a text in braces that is no JSON', '{ hello }', 'text: is not valid JSON'],
  ])('(%s) is invalid, with an issue that says where and what', (_what, text, issue) => {
    const parsed = parseText(text);
    expect(parsed).toMatchObject({ parse: 'invalid', payload: null, action: null, step: null, prompt: null });
    expect(parsed.data.size).toBe(0);
    expect(parsed.parseIssues[0]).toContain(issue);
  });

  it('is told in at most so many issues, none of which quotes what was sent', () => {
    const channelData = {
      action: { secret: 'x'.repeat(5_000) },
      data: 'secret',
      step: 1,
      prompt: ['secret'],
    };
    const { parseIssues } = parseActivities(Array.from({ length: 30 }, () => message({ channelData })));
    expect(parseIssues).toHaveLength(limits.parseIssues);
    for (const issue of parseIssues) expect(issue).not.toMatch(/secret|xxx/);
  });

  it('is what lies nested too deep, holds too much, or is too long', () => {
    const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
    const wide = (count: number): unknown => Array.from({ length: count }, () => 0);
    const long = (chars: number): string => fenced({ data: { a: 'x'.repeat(chars) } });
    const issueOf = (data: unknown): string =>
      parseActivities([message({ value: { data: { field: data } } })]).parseIssues.join();
    expect(issueOf(deep(limits.structureDepth - 4))).toBe('');
    expect(issueOf(deep(limits.structureDepth))).toMatch(/^value: is nested more than 32 levels/);
    expect(issueOf(wide(limits.structureValues - 10))).toBe('');
    expect(issueOf(wide(limits.structureValues))).toMatch(/^value: holds more than 5000 values/);
    expect(parseText(long(limits.structureChars - 100)).parse).toBe('structured');
    expect(parseText(long(limits.structureChars)).parseIssues).toEqual([
      `text: is longer than ${limits.structureChars} characters`,
    ]);
  });

  it('ends the search only after so many faults that nobody made them by mistake', () => {
    const faults = (count: number): Activity[] => [
      message({ entities: new Array<unknown>(count).fill({ data: 1 }), text: fenced(contractOf('good')) }),
    ];
    expect(parseActivities(faults(limits.structureFaults - 1)).parse).toBe('structured');
    expect(parseActivities(faults(limits.structureFaults)).parse).toBe('invalid');
  });

  it('leaves a good contract elsewhere to be found', () => {
    const parsed = parseActivities([
      message({ text: '{ hello }' }),
      message({ text: fenced(contractOf('good')) }),
    ]);
    expect(parsed.parse).toBe('structured');
  });

  it('does not include a confidence or citations that nobody relies on', () => {
    const value = { action: 'ask', confidence: 'very', citations: 'none' };
    expect(parseActivities([message({ value })])).toMatchObject({
      parse: 'structured',
      action: 'ask',
      citations: [],
    });
  });
});

describe('an answer without structure', () => {
  it.each(['Hello.', '', '   ', 'Use ```inline``` code.', '[1, 2]', '"ask"', 'null', '{}'])(
    'passes through: %j',
    (text) => {
      expect(parseText(text)).toEqual({
        parse: 'passthrough',
        parseIssues: [],
        payload: null,
        data: new Map(),
        action: null,
        step: null,
        prompt: null,
        citations: [],
        more: null,
        agentEnd: null,
      });
    },
  );

  it('may be no activity at all', () => {
    expect(parseActivities([]).parse).toBe('passthrough');
  });
});

describe('citations', () => {
  it('are web addresses only', () => {
    const citations = [
      'https://example.org/a',
      'http://example.org/b',
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'page 3',
      '',
    ];
    expect(parseActivities([message({ value: { action: 'ask', citations } })]).citations).toEqual([
      'https://example.org/a',
      'http://example.org/b',
    ]);
  });
});

describe('keys that could reach a prototype', () => {
  const hostile =
    '{"action":"ask","__proto__":{"step":"stolen","polluted":1},"data":{"__proto__":{"polluted":1},"constructor":' +
    '{"prototype":{"polluted":1}},"prototype":1,"days":3,"nested":{"__proto__":{"polluted":1},"ok":true}}}';

  it.each([
    ['text', (): Activity => message({ text: hostile })],
    ['a block', (): Activity => message({ text: fenced(hostile) })],
    ['a value', (): Activity => message({ value: JSON.parse(hostile) as unknown })],
  ])('never become keys of ours, from %s', (_place, activity) => {
    const parsed = parseActivities([activity()]);
    expect([...parsed.data]).toEqual([
      ['days', 3],
      ['nested', { ok: true }],
    ]);
    expect(parsed.step).toBeNull();
    expect(Object.keys(parsed.payload?.data ?? {})).toEqual(['days', 'nested']);
    const nested = parsed.data.get('nested');
    expect(Object.getPrototypeOf(nested)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('do not make structure of what is only inherited', () => {
    const activity = activitySchema.parse(
      JSON.parse(
        '{"type":"message","__proto__":{"value":{"action":"ask"}},"channelData":{"__proto__":{"data":{}}}}',
      ),
    );
    expect(parseActivities([activity]).parse).toBe('passthrough');
    expect(parseActivities([message({ value: Object.create({ action: 'ask' }) as unknown })]).parse).toBe(
      'passthrough',
    );
  });
});

describe('whatever an agent sends', () => {
  const piece = fc.constantFrom(
    '```json',
    '```',
    '``` json ',
    '\n',
    '\r\n',
    '{"action":"ask"}',
    '{"data":{"__proto__":{"polluted":1},"a":1}}',
    '{"constructor":{"prototype":{"polluted":1}},"data":{}}',
    '{',
    '}',
    '[',
    '"',
    '\\',
    ' ',
    '\u2028',
    '\ud83d',
    'words',
  );
  const text = fc.oneof(
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    fc.json({ maxDepth: 5 }),
    fc.string({ unit: anyCharacter }),
  );
  const anything = fc.anything({
    maxDepth: 4,
    key: fc.oneof(
      fc.string(),
      fc.constantFrom('action', 'data', 'step', 'prompt', 'type', 'content', '__proto__', 'constructor'),
    ),
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
  });
  const fromJson = fc.json({ maxDepth: 6 }).map((json): unknown => JSON.parse(json));
  const contract = fc.record(
    { action: anything, data: anything, step: anything, prompt: anything, citations: anything },
    { requiredKeys: [] },
  );
  const slot = fc.oneof(anything, fromJson, contract);
  const activity = fc
    .record(
      {
        type: fc.constantFrom('message', 'message', 'event', 'typing', 7),
        name: slot,
        text: fc.oneof(text, slot),
        textFormat: slot,
        value: slot,
        channelData: slot,
        entities: fc.oneof(fc.array(slot), slot),
        attachments: fc.oneof(
          fc.array(
            fc.oneof(
              slot,
              fc.record({
                contentType: fc.constantFrom('application/vnd.microsoft.card.adaptive', 'image/png'),
                contentUrl: fc.oneof(fc.webUrl(), fc.string()),
                content: fc.oneof(slot, fc.record({ data: slot })),
              }),
            ),
          ),
          slot,
        ),
        suggestedActions: fc.oneof(fc.record({ actions: fc.array(slot) }), slot),
      },
      { requiredKeys: ['type'] },
    )
    .map((sent) => activitySchema.parse(sent));

  it('parsing and normalizing never throw, never pollute a prototype, and keep every promise of their types', () => {
    const inheritedBefore = Reflect.ownKeys(Object.prototype);
    let structured = 0;
    fc.assert(
      fc.property(fc.array(activity, { maxLength: 5 }), (activities) => {
        const parsed = parseActivities(activities);
        const { messages } = normalizeActivities(activities, { turn: 1, prompt: parsed.prompt, cards });

        expect(Reflect.ownKeys(Object.prototype)).toEqual(inheritedBefore);
        expect(Reflect.get({}, 'polluted')).toBeUndefined();
        for (const key of parsed.data.keys()) {
          expect(['__proto__', 'constructor', 'prototype']).not.toContain(key);
        }
        if (parsed.parse === 'structured') structured += 1;
        expect(parsed.payload === null).toBe(parsed.parse !== 'structured');
        if (parsed.parse === 'invalid') expect(parsed.parseIssues).not.toEqual([]);
        if (parsed.parse === 'passthrough') expect(parsed.parseIssues).toEqual([]);
        // The result survives JSON, in which it is stored and sent.
        const result = { data: Object.fromEntries(parsed.data), messages };
        expect(normalizeZero(JSON.parse(JSON.stringify(result)))).toEqual(normalizeZero(result));
      }),
      { numRuns: 500 },
    );
    expect(structured).toBeGreaterThan(0);
  });

  // JSON has no negative zero.
  function normalizeZero(value: unknown): unknown {
    if (value === 0) return 0;
    if (Array.isArray(value)) return value.map(normalizeZero);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normalizeZero(item)]));
  }

  it('a good block is found in any company of bad ones', () => {
    const bad = fc.constantFrom(
      fenced('{oops'),
      fenced({ action: 'dance' }),
      fenced({ hello: 1 }),
      '```json\n{"never": "closed"',
      '```\nplain\n```',
      'words',
      '{',
    );
    fc.assert(
      fc.property(fc.array(bad, { maxLength: 9 }), fc.array(bad, { maxLength: 9 }), (before, after) => {
        const parsed = parseText([...before, fenced(contractOf('good')), ...after].join('\n'));
        expect(dataOf(parsed)).toEqual({ place: 'good' });
      }),
    );
  });
});

describe('the cost of an answer meant to exhaust the parser', () => {
  const nested = (levels: number): string => `${'{"data":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const filled = (unit: string, chars: number): string => unit.repeat(chars / unit.length);
  const manyChars = 100_000;

  it.each<[string, number, (size: number) => Activity]>([
    ['backticks', manyChars, (size) => message({ text: filled('`', size) })],
    ['opening fences', manyChars, (size) => message({ text: filled('```json\n', size) })],
    ['fences, opening and closing', manyChars, (size) => message({ text: filled('```json\n```\n', size) })],
    ['indented fences', manyChars, (size) => message({ text: filled('   ```json \t \t', size) })],
    ['opening brackets', manyChars, (size) => message({ text: filled('[', size) })],
    ['opening brackets in a block', 60_000, (size) => message({ text: fenced('['.repeat(size)) })],
    ['braces from end to end', manyChars, (size) => message({ text: `{${filled('{', size)}}` })],
    ['blanks between braces', manyChars, (size) => message({ text: `{${filled(' ', size)}}` })],
    ['blanks', manyChars, (size) => message({ text: filled(' \t', size) })],
    ['line ends', manyChars, (size) => message({ text: filled('\r\n', size) })],
    ['deeply nested text', 20_000, (size) => message({ text: nested(size) })],
    ['a block nested as deep as fits', 6_000, (size) => message({ text: fenced(nested(size)) })],
    ['a deeply nested value', 8_000, (size) => message({ value: JSON.parse(nested(size)) as unknown })],
    ['a value of many keys', 20_000, (size) => message({ value: { data: Object.fromEntries(keys(size)) } })],
    [
      'a value that is one long list',
      100_000,
      (size) => message({ value: { data: { list: new Array(size).fill(0) } } }),
    ],
    ['entities', 20_000, (size) => message({ entities: new Array<unknown>(size).fill({ type: 'a' }) })],
    [
      'malformed entities',
      20_000,
      (size) => message({ entities: new Array<unknown>(size).fill({ data: 1 }) }),
    ],
    [
      'attachments',
      20_000,
      (size) => message({ attachments: new Array<unknown>(size).fill({ content: {} }) }),
    ],
    [
      'suggestions',
      20_000,
      (size) => message({ text: 'a', suggestedActions: { actions: new Array(size).fill({}) } }),
    ],
  ])('(%s) grows no faster than its size', async (_what, most, build) => {
    const reading = (size: number) => {
      const activities = [build(size)];
      return () => {
        const parsed = parseActivities(activities);
        normalizeActivities(activities, { turn: 1, prompt: parsed.prompt, cards });
        return parsed;
      };
    };
    expect(reading(most)().parse).not.toBe('structured');
    expect(await growthOf(reading, most)).toBeLessThan(linearGrowth);
  });

  function keys(count: number): [string, number][] {
    return Array.from({ length: count }, (_, index) => [`key${index}`, index]);
  }
});

describe('a text of several lines', () => {
  it('is structure where one of its lines is', () => {
    expect(parseText(textOf(['Here it is:', '{"action":"ask"}'])).parse).toBe('structured');
  });
});

describe('a missing or bad part of a structured answer', () => {
  it('may be sent as null, as models do that must fill in a whole schema', () => {
    const value = { action: 'ask', prompt: null, data: null, step: null, citations: null };
    expect(parseActivities([{ type: 'message', value }])).toMatchObject({
      parse: 'structured',
      action: 'ask',
      prompt: null,
      step: null,
      citations: [],
    });
  });

  it('does not cost the good citations when one among them is bad', () => {
    const citations = [
      'https://example.com/a',
      7,
      'javascript:alert(1)',
      `https://example.com/${'x'.repeat(3_000)}`,
    ];
    expect(parseActivities([{ type: 'message', value: { action: 'ask', citations } }]).citations).toEqual([
      'https://example.com/a',
    ]);
  });
});
