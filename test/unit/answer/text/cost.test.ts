import { describe, expect, it } from 'vitest';
import { GrowingVisibleText } from '../../../../server/answer/text/growing-visible-text.ts';
import { limits } from '../../../../server/domain/limits.ts';
import { cpuMs } from '../../../support/time.ts';
import { parseActivities } from '../../../support/read-activities.ts';

// Tokens that open marks, blocks and objects, and never close them.
const tokens = [
  ...[
    '<',
    '</',
    '< ',
    '<\n',
    '<a',
    '<t',
    '<think',
    '<think>',
    '</think>',
    '`<think>`',
    '<|',
    '<|a',
    '<|im_end|>',
  ],
  ...[
    '<|channel|>',
    '<s>',
    '<tool_call>',
    '◁',
    '[',
    '[T',
    '[[',
    '[{',
    '[ ',
    '{',
    '{}',
    '{"',
    '{"a":',
    "{'",
    '{a',
    '{\n',
  ],
  ...[
    '{"prompt":"',
    '{"prompt":"a"}',
    '{"a":1}\n',
    '{"data":x\n',
    '{"a"/*',
    '{ //',
    '"',
    '\\',
    '`',
    '` ',
    '`{',
    '```',
  ],
  ...['```json\n', '```json\n{', '\n```\n', '```\n{"a":\n', '~~~\n[', '\n', ' ', '\r', 'a', ',', '/*', '😀'],
];

/**
 * One text in one piece takes some tens of milliseconds on an idle machine; the bound leaves room for slow and busy
 * ones.
 */
const mostMs = 1_000;

describe('a text that is one token again and again', () => {
  it.each(tokens)('costs little, whole or in pieces, however long: %j', (token) => {
    const text = token.repeat(Math.ceil(4_000_000 / token.length)).slice(0, 4_000_000);
    expect(cpuMs(() => void parseActivities([{ type: 'message', text }]))).toBeLessThan(mostMs);
    for (const chars of [1, 2, 3, 4]) {
      const spent = cpuMs(() => {
        const growing = new GrowingVisibleText();
        for (let at = 0; at < 100_000; at += chars) growing.append(text.slice(at, at + chars));
        growing.finish();
      });
      expect(spent, `by ${chars}`).toBeLessThan(mostMs);
    }
  });

  it('is linear in the length that is read', () => {
    for (const token of ['<', '[', '{', '`', '</', '<think']) {
      const parse = (chars: number) => () =>
        void parseActivities([{ type: 'message', text: token.repeat(Math.ceil(chars / token.length)) }]);
      parse(50_000)();
      expect(cpuMs(parse(limits.readCharsOfText)), token).toBeLessThan(
        40 * Math.max(10, cpuMs(parse(50_000))),
      );
    }
  });
});
