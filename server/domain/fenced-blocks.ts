/** A fenced `json` block in a text: where it stands, fences included, and what is in it. */
export interface FencedBlock {
  readonly start: number;
  readonly end: number;
  readonly content: string;
}

const opening = /^ {0,3}```[ \t]*json[ \t]*$/i;
const closing = /^ {0,3}```[ \t]*$/;
const beginning = /^ {0,3}(?:`{0,3}|```[ \t]*(?:j|js|jso|json[ \t]*)?)$/i;

// A fence is short: a long line cannot be one, and is not worth testing.
const longestFence = 32;

/** What a line, without its line feed, is to the `json` blocks of its text. */
export function readFence(line: string): 'opening' | 'closing' | null {
  const bare = bareFence(line);
  if (bare === null) return null;
  if (opening.test(bare)) return 'opening';
  return closing.test(bare) ? 'closing' : null;
}

/** Whether a line that is still being written may yet be a fence. */
export function mayBecomeFence(line: string): boolean {
  const bare = bareFence(line);
  return bare !== null && beginning.test(bare);
}

function bareFence(line: string): string | null {
  if (line.length > longestFence) return null;
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/**
 * Finds the `json` blocks of a text in one pass over its lines (no backtracking, whatever the text). A block whose
 * closing fence is missing ends where the next one opens, so that it cannot swallow a good one, or with the text.
 */
export function findJsonBlocks(text: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: { start: number; contentStart: number } | null = null;
  let lineStart = 0;
  while (lineStart <= text.length) {
    const newline = text.indexOf('\n', lineStart);
    const lineEnd = newline === -1 ? text.length : newline;
    const nextLine = Math.min(lineEnd + 1, text.length);
    const isShort = lineEnd - lineStart <= longestFence;
    const fence = isShort ? readFence(text.slice(lineStart, lineEnd)) : null;
    const opens = fence === 'opening';
    const closes = fence === 'closing';
    if (open !== null && (opens || closes || newline === -1)) {
      const contentEnd = opens || closes ? lineStart : text.length;
      blocks.push({
        start: open.start,
        end: opens ? lineStart : nextLine,
        content: text.slice(open.contentStart, contentEnd),
      });
      open = null;
    }
    if (opens) open = { start: lineStart, contentStart: nextLine };
    lineStart = lineEnd + 1;
  }
  return blocks;
}

/** The text without the given blocks, its blank edges trimmed. */
export function withoutBlocks(text: string, blocks: readonly FencedBlock[]): string {
  let rest = '';
  let from = 0;
  for (const block of blocks) {
    rest += text.slice(from, block.start);
    from = block.end;
  }
  return (rest + text.slice(from)).trim();
}
