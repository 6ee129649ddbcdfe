/**
 * Normalizes a text for comparison: lower case, straight quotes, no accents, hyphens and underscores as spaces, no
 * punctuation.
 */
export function plainWords(text: string): string {
  return straightQuotes(text)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}'%+#👍👎]+/gu, ' ')
    .trim();
}

export function straightQuotes(text: string): string {
  return text.replace(/[‘’]/g, "'").replace(/[“”]/g, '"');
}

const longestQuote = 60;

/** Quotes a person's words: on one line, short enough for a sentence, and with markdown escaped. */
export function quote(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ').trim();
  return `“${escapeMarkdown(oneLine.length > longestQuote ? `${oneLine.slice(0, longestQuote - 1)}…` : oneLine)}”`;
}

export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*<>[\]]/g, String.raw`\$&`);
}

/** Joins items as "a", "a and b" or "a, b and c", with the given last joiner. */
export function listInWords(items: readonly string[], joiner: 'and' | 'or' = 'and'): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${joiner} ${last}`;
}

/**
 * Formats a choice for people: separates the words of an identifier ("sole_trader"), and keeps any other choice as it
 * is.
 */
export function choiceInWords(choice: string): string {
  return choice.replace(/(?<=[a-z0-9])_+(?=[a-z0-9])/gi, ' ');
}
