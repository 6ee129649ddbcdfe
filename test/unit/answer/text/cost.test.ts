import { describe, expect, it } from 'vitest';
import { GrowingVisibleText } from '../../../../server/answer/text/growing-visible-text.ts';
import { limits } from '../../../../server/domain/limits.ts';
import { costBeside, growthOf, linearGrowth } from '../../../support/time.ts';
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

const reading = (token: string) => (chars: number) => {
  const activities = [{ type: 'message', text: token.repeat(Math.ceil(chars / token.length)) }];
  return () => parseActivities(activities);
};

const growing = (token: string, charsOfPiece: number) => (chars: number) => {
  const text = token.repeat(Math.ceil(chars / token.length));
  return () => {
    const visible = new GrowingVisibleText();
    for (let at = 0; at < chars; at += charsOfPiece) visible.append(text.slice(at, at + charsOfPiece));
    visible.finish();
  };
};

describe('a text that is one token again and again', () => {
  it.each(tokens)(
    'has a cost that grows no faster than its length, whole or in pieces: %j',
    async (token) => {
      expect(await growthOf(reading(token), 100_000)).toBeLessThan(linearGrowth);
      for (const chars of [1, 3]) {
        expect(await growthOf(growing(token, chars), 32_000), `by ${chars}`).toBeLessThan(linearGrowth);
      }
    },
  );

  it.each(['<', '{', 'a'])('is not read beyond what is read of a text: %j', async (token) => {
    const most = reading(token)(limits.readCharsOfText);
    expect(await costBeside(reading(token)(10 * limits.readCharsOfText), most, 3)).toBeLessThan(3);
  });
});
