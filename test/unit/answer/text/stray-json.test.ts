import { describe, expect, it } from 'vitest';
import { GrowingVisibleText } from '../../../../server/answer/text/growing-visible-text.ts';
import { visibleText } from '../../../../server/answer/text/visible-text.ts';
import { parseActivities } from '../../../support/read-activities.ts';

function shownOf(text: string, chars: number): string {
  const growing = new GrowingVisibleText();
  let shown = '';
  for (let at = 0; at < text.length; at += chars) {
    const before = growing.timesTakenBack;
    const now = growing.append(text.slice(at, at + chars));
    shown = growing.timesTakenBack === before ? shown + now : now;
    expect(visibleText(text).startsWith(shown), `shown of ${text}: ${shown}`).toBe(true);
  }
  return shown + growing.finish();
}

describe('an object that is no answer', () => {
  it.each([
    `{'prompt': 'Hi', 'action': 'ask', 'data': {'a': True}}`,
    `{prompt: 'Hi', data: {a: 1}}`,
    `{ data: {} }`,
    `{'prompt': 'What's up?', 'data': {}}`,
    `{'prompt': "x"`,
    `{'a': None}`,
    `{'a': (1, 2)}`,
    `[{'a': 1}]`,
    `{a: 1}`,
    `{a1: 1, b-c : 2}`,
    `{"a":1}{"b":2}`,
    `{"weather": {"a": 1`,
    `{"wea`,
    `{\n  // what it is\n  "a": 1\n}`,
    `{\n  "a": 1, // what it is\n  /* and so */ "b": [1, 2,],\n}`,
    `{"name":"find","arguments":{"a":1}}`,
    `<tool_call>\n{"name":"find","arguments":{}}\n</tool_call>`,
    `<tool_call>{"name":"find","arguments":{}}</tool_call>`,
    `[TOOL_CALLS][{"name":"find","arguments":{}}]`,
    `<function_call>{"name":"find"`,
  ])('is never shown: %s', (text) => {
    expect(visibleText(text)).toBe('');
    expect(visibleText(`Noted.\n${text}`)).toBe('Noted.');
    for (const chars of [1, 2, 3, 4]) expect(shownOf(text, chars)).toBe('');
    for (const chars of [1, 3]) expect(shownOf(`Noted.\n${text}`, chars)).toBe('Noted.');
    expect(parseActivities([{ type: 'message', text }]).parse).not.toBe('structured');
  });

  it.each([
    'Use {a: 1} or {name}, or {x} and set {1,2}.',
    '{name}, hello',
    `Hi {'a'} there`,
    `It's {fine: we don't know} so.`,
    'Say {"a":1} to it.',
    'See:\n```json\n{"a":1}\n```\nThat is it.',
    'See:\n```js\n{a: 1}\n```\nThat is it.',
    `In Python:\n\`\`\`python\nx = {'a': None}\n\`\`\``,
    'a <br> b <b>c</b> < 3 [1] ◁x, as [2] says',
    '[A link](https://example.com) and [another]',
  ])('is shown if the words are about it: %s', (text) => {
    expect(visibleText(text)).toBe(text);
    for (const chars of [1, 2, 3, 4]) expect(shownOf(text, chars)).toBe(text);
  });

  it('is not shown in the middle of a line where it is a tool’s call, or the contract', () => {
    expect(visibleText('Noted. <tool_call>{"name":"find"}</tool_call>')).toBe('Noted.');
    expect(visibleText(`Noted. {'prompt': 'Hi'}`)).toBe('Noted.');
  });
});
