import type { Colors } from './terminal-colors.ts';

/** Takes out what could steer the terminal: nothing that an agent or a user wrote may do that. */
export function plainText(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '');
}

/** Markdown as far as a chat needs it: what is stressed there is stressed here, or just words without colours. */
export function fromMarkdown(text: string, colors: Colors): string {
  return plainText(text)
    .replace(/\*\*([^*\n]+)\*\*/g, (_all, words: string) => colors.bold(words))
    .replace(/\*([^*\s][^*\n]*)\*/g, (_all, words: string) => colors.italic(words));
}
