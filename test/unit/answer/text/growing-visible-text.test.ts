import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../../server/domain/limits.ts';
import { GrowingVisibleText } from '../../../../server/answer/text/growing-visible-text.ts';
import { visibleText } from '../../../../server/answer/text/visible-text.ts';
import { contractBlock } from '../live/sample-pieces.ts';

/** Returns the text shown after each piece, and the final text. */
function show(pieces: readonly string[]): { readonly shown: readonly string[]; readonly all: string } {
  const text = new GrowingVisibleText();
  let all = '';
  const shown = pieces.map((piece) => {
    const before = text.timesTakenBack;
    const now = text.append(piece);
    all = text.timesTakenBack === before ? all + now : now;
    return now;
  });
  const before = text.timesTakenBack;
  const rest = text.finish();
  return { shown, all: text.timesTakenBack === before ? all + rest : rest };
}

describe('the visible part of a growing text', () => {
  it('is each piece as it arrives', () => {
    expect(show(['Good', ' morn', 'ing.']).shown).toEqual(['Good', ' morn', 'ing.']);
  });

  it('leaves out the contract, and continues after it', () => {
    const { shown, all } = show(['Noted.\n``', '`js', 'on\n{"action":', '"ask"}\n`', '``\nWhere', ' to?']);
    expect(shown).toEqual(['Noted.', '', '', '', '\nWhere', ' to?']);
    expect(all).toBe('Noted.\nWhere to?');
  });

  it('never holds a contract whose block is still open', () => {
    expect(show(['Noted.\n```json\n{"action":"ask"}'])).toEqual({ shown: ['Noted.'], all: 'Noted.' });
  });

  it('shows a block of other JSON once it is closed', () => {
    const { shown } = show(['See:\n```json\n{"a":', '1}\n', '```\n', 'done']);
    expect(shown).toEqual(['See:', '', '\n```json\n{"a":1}\n```', '\ndone']);
  });

  it('holds back a text that may be one JSON object, until it cannot be', () => {
    expect(show(['{', '"action":"ask"', '}'])).toEqual({ shown: ['', '', ''], all: '' });
    expect(show(['{', '"a":1', '}']).all).toBe('');
    expect(show(['{', 'name}, hello']).shown).toEqual(['', '{name}, hello']);
    expect(show(['{"a":', '1}', '\nHello']).shown).toEqual(['', '', 'Hello']);
  });

  it('shows a block at once whose content is no JSON', () => {
    const { shown } = show(['```json\n', 'x', 'y\n', 'more', '\n```\n', 'after']);
    expect(shown).toEqual(['', '```json\nx', 'y', '\nmore', '\n```', '\nafter']);
  });

  it('takes back text that a closing mark turns into reasoning, and nothing else', () => {
    const text = new GrowingVisibleText();
    expect([text.append('Hm, Acme.'), text.timesTakenBack]).toEqual(['Hm, Acme.', 0]);
    expect([text.append('\n</thi'), text.timesTakenBack]).toEqual(['', 0]);
    expect([text.append('nk>\nHello'), text.timesTakenBack]).toEqual(['Hello', 1]);
    expect(text.append('<think>no</think>, you')).toBe(', you');
    expect(text.timesTakenBack).toBe(1);
  });

  it('has no blank edges', () => {
    expect(show(['\n ', ' Hello', ' \n', ' you', ' \n']).shown).toEqual(['', 'Hello', '', ' \n you', '']);
  });

  it('ends where a message would be cut', () => {
    const most = 'x'.repeat(limits.messageChars);
    expect(show([most]).all).toBe(most);
    const { shown, all } = show([most, 'x', 'x']);
    expect(all).toBe(visibleText(`${most}xx`));
    expect(shown.at(-1)).toBe('');
  });

  const parts = fc.constantFrom(
    ...['Hello', ' ', '\n', '\r\n', '\u00a0', '😀', '{', '}', '{}', '"', '`', '``', '```', '~~~'],
    ...['```json', '``` JSON \t', '   ```json', '    ```json', '```js', '```json5', '```\n', '```json\n'],
    ...['{"action":"ask"}', '{"a":1}', '{"action":"nonsense"}', '{"data":{"city":"Berlin"}}', '[1]'],
    ...['<think>', '</think>', '<|im_end|>', '</s>', '[', ']', '[{', '}]', ',', '`{', '{"a": oops', '~~~\n'],
    ...[contractBlock, '\n```json\n{"step":"x"}\n', 'x'.repeat(40), '\n'],
  );
  const texts = fc.array(parts, { maxLength: 24 }).map((some) => some.join(''));
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 30 });

  function chunked(text: string, at: readonly number[]): string[] {
    const edges = [0, ...at.map((cut) => Math.min(cut, text.length)), text.length].sort((a, b) => a - b);
    return edges.slice(1).map((edge, index) => text.slice(edges[index], edge));
  }

  it('ends as the committed text, however it is cut into pieces', () => {
    fc.assert(
      fc.property(texts, cuts, (text, at) => {
        expect(show(chunked(text, at)).all).toBe(visibleText(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('is always the beginning of the committed text, so never structure', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const growing = new GrowingVisibleText();
        let shown = '';
        for (let at = 0; at < text.length; at += 1) {
          const before = growing.timesTakenBack;
          const now = growing.append(text.charAt(at));
          shown = growing.timesTakenBack === before ? shown + now : now;
        }
        const before = growing.timesTakenBack;
        const rest = growing.finish();
        if (growing.timesTakenBack !== before) shown = '';
        expect(visibleText(text).startsWith(shown)).toBe(true);
        expect(shown + rest).toBe(visibleText(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
