import { describe, expect, test } from 'vitest';
import { withoutMarkdown } from '../../../apps/chat/src/parts/read-aloud.ts';

describe('an agent’s words for a screen reader', () => {
  test.each([
    ['marks of emphasis', 'Say **yes** or *no*, or `help`.', 'Say yes or no, or help.'],
    ['a heading', '## Findings\n\nThree.', 'Findings Three.'],
    ['a list', '- one\n- [x] two\n1. three', 'one two 1. three'],
    [
      'a link and an image',
      '[the register](https://example.com) ![a map](https://example.com/m.png)',
      'the register a map',
    ],
    ['a table', '| Supplier | Score |\n| --- | :-: |\n| Acme | 9 |', 'Supplier, Score Acme, 9'],
    ['a quotation and code', '> quoted\n\n```ts\nconst a = 1;\n```', 'quoted const a = 1;'],
    ['HTML, which is text here', 'a <b>bold</b> claim', 'a <b>bold</b> claim'],
    ['an escaped character', 'snake\\_case', 'snake_case'],
  ])('%s', (_what, markdown, words) => {
    expect(withoutMarkdown(markdown)).toBe(words);
  });
});
