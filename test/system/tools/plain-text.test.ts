import { describe, expect, it } from 'vitest';
import { fromMarkdown } from '../../../cli/support/plain-text.ts';

const colors = {
  ...(await import('picocolors')).default.createColors(false),
  bold: (words: string | number | null | undefined) => `<b>${String(words)}</b>`,
  italic: (words: string | number | null | undefined) => `<i>${String(words)}</i>`,
};

describe('markdown in the terminal', () => {
  it.each([
    ['**Step 2** of *four*', '<b>Step 2</b> of <i>four</i>'],
    ['2 \\* 3 \\* 4', '2 * 3 * 4'],
    ['**a \\<b\\>**', '<b>a <b></b>'],
    ['C:\\temp', 'C:\\temp'],
    ['5 * 3 * 2', '5 * 3 * 2'],
  ])('shows %j as people mean it', (markdown, shown) => {
    expect(fromMarkdown(markdown, colors)).toBe(shown);
  });

  it('lets no control sequences through to the terminal', () => {
    expect(fromMarkdown('a\u001b[2Jb\u0007', colors)).toBe('a[2Jb');
  });
});
