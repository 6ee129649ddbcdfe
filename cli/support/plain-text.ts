import { isatty } from 'node:tty';
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

const standardOutput = 1;

/** Colours for a terminal that supports them, unless NO_COLOR is set; plain text for a pipe, in CI too. */
export function terminalColors(): Colors {
  return pc.createColors(isatty(standardOutput) && pc.isColorSupported);
}

/** Removes control characters: the text of an agent or a user must not control the terminal. */
export function plainText(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '');
}

// Characters that a backslash escapes in Markdown (CommonMark, backslash escapes).
const escaped = /\\([!-/:-@[-`{-~])/g;
const strong = /(?<!\\)\*\*((?:[^*\n\\]|\\.)+)\*\*/g;
const emphasis = /(?<![\\*])\*((?:[^*\s\\]|\\.)(?:[^*\n\\]|\\.)*)\*/g;

/** Renders the Markdown that a chat needs: bold, italics and escaped characters. */
export function fromMarkdown(text: string, colors: Colors): string {
  return plainText(text)
    .replace(strong, (_all, words: string) => colors.bold(words))
    .replace(emphasis, (_all, words: string) => colors.italic(words))
    .replace(escaped, (_all, character: string) => character);
}
