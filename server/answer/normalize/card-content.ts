import { limits } from '../../domain/limits.ts';

/** A card's content: some services send it as the text of its JSON. */
export function readCardContent(content: unknown): unknown {
  if (typeof content !== 'string' || content.length > limits.cardChars) return content;
  if (!content.trimStart().startsWith('{')) return content;
  try {
    return JSON.parse(content);
  } catch {
    return content;
  }
}
