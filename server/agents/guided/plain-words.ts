/** A text as it is compared: lower case, straight quotes, no accents, hyphens and underscores as spaces, no punctuation. */
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

/** What somebody wrote, on one line and short enough to be quoted in a sentence, with nothing that markdown would act on. */
export function quote(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ').trim();
  return `“${escapeMarkdown(oneLine.length > longestQuote ? `${oneLine.slice(0, longestQuote - 1)}…` : oneLine)}”`;
}

export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*<>[\]]/g, String.raw`\$&`);
}

/** "a", "a and b", "a, b and c"; the last two joined by the given word. */
export function listInWords(items: readonly string[], joiner: 'and' | 'or' = 'and'): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${joiner} ${last}`;
}

/** A choice as people are shown it: the words of an identifier apart ("sole_trader"), everything else as it is. */
export function readable(choice: string): string {
  return choice.replace(/(?<=[a-z0-9])_+(?=[a-z0-9])/gi, ' ');
}
