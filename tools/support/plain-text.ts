import { isatty } from 'node:tty';
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

const standardOutput = 1;

/** Colours for a terminal that has them and whose owner wants them (NO_COLOR); plain text for a pipe, in CI too. */
export function terminalColors(): Colors {
  return pc.createColors(isatty(standardOutput) && pc.isColorSupported);
}

/** Takes out what could steer the terminal: nothing that an agent or a user wrote may do that. */
export function plainText(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '');
}

// What markdown shows literally when a backslash stands before it (CommonMark, backslash escapes).
const escaped = /\\([!-/:-@[-`{-~])/g;
const strong = /(?<!\\)\*\*((?:[^*\n\\]|\\.)+)\*\*/g;
const emphasis = /(?<![\\*])\*((?:[^*\s\\]|\\.)(?:[^*\n\\]|\\.)*)\*/g;

/** Markdown as far as a chat needs it: what is stressed there is stressed here, and what is escaped there is itself. */
export function fromMarkdown(text: string, colors: Colors): string {
  return plainText(text)
    .replace(strong, (_all, words: string) => colors.bold(words))
    .replace(emphasis, (_all, words: string) => colors.italic(words))
    .replace(escaped, (_all, character: string) => character);
}
