/** A line that opens a fenced block, or closes one that was opened alike. */
export interface Fence {
  readonly mark: '`' | '~';
  readonly length: number;
  /** True where it says that the block holds JSON. */
  readonly isJson: boolean;
  /** True where it names the language of the block. */
  readonly isNamed: boolean;
}

const fence = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`\s]*)[ \t]*$/;
const beginning = /^ {0,3}(?:`*|~*|(?:`{3,}|~{3,})[ \t]*[^`\s]*[ \t]*)$/;
const jsonNames: ReadonlySet<string> = new Set(['json', 'json5', 'jsonc', 'application/json']);

// A fence is short: a long line cannot be one, and is not worth testing.
const longestFence = 48;

/** Reads a line, without its line feed, as a fence; returns null for any other line. */
export function readFence(line: string): Fence | null {
  const bare = bareLine(line);
  const [, marks = '', name = ''] = (bare === null ? null : fence.exec(bare)) ?? [];
  if (marks === '') return null;
  return {
    mark: marks.startsWith('~') ? '~' : '`',
    length: marks.length,
    isJson: jsonNames.has(name.toLowerCase()),
    isNamed: name !== '',
  };
}

/** Returns whether a line ends the block that a fence opened. */
export function closesFence(line: string, { mark, length }: Fence): boolean {
  const closing = readFence(line);
  return closing !== null && !closing.isNamed && closing.mark === mark && closing.length >= length;
}

/** Returns whether a line that is still being written may become a fence. */
export function mayBecomeFence(line: string): boolean {
  const bare = bareLine(line);
  return bare !== null && beginning.test(bare);
}

function bareLine(line: string): string | null {
  if (line.length > longestFence) return null;
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
