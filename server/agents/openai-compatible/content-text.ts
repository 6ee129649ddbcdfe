import { ownProperty } from '../../domain/json.ts';

/** What a model says in a piece of content, and what it says to refuse. */
export interface ContentText {
  readonly text: string;
  readonly refusal: string;
}

const nothing: ContentText = { text: '', refusal: '' };

/** Parts in parts: thoughts are told so. Deeper than this nobody nests what is said. */
const deepest = 3;
/** What a part of the answer is called; a part of another kind (`thinking`, `image_url`) says nothing to the person. */
const textTypes: ReadonlySet<unknown> = new Set([undefined, null, 'text', 'output_text', 'text_delta']);

/** Content is a text; of Mistral's models and some gateways a list of parts, or one part. Anything else says nothing. */
export function readContent(content: unknown, depth = 0): ContentText {
  if (typeof content === 'string') return { text: content, refusal: '' };
  if (typeof content !== 'object' || content === null || depth > deepest) return nothing;
  if (Array.isArray(content)) {
    const parts = content.map((part: unknown) => readContent(part, depth + 1));
    return {
      text: parts.map(({ text }) => text).join(''),
      refusal: parts.map(({ refusal }) => refusal).join(''),
    };
  }
  const type = ownProperty(content, 'type');
  if (type === 'refusal')
    return { text: '', refusal: readContent(ownProperty(content, 'refusal'), depth + 1).text };
  if (!textTypes.has(type)) return nothing;
  // The text may be an object of its own, with annotations beside it.
  return readContent(
    ownProperty(content, 'text') ?? ownProperty(content, 'value') ?? ownProperty(content, 'content'),
    depth + 1,
  );
}
