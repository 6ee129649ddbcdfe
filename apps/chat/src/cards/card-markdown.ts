import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { makeLinksSafe } from './make-links-safe.ts';

/**
 * A card's text as HTML. micromark escapes the HTML in it and takes the addresses of dangerous schemes away; images
 * belong into a card's own elements, not into its text.
 */
export function cardMarkdown(text: string): string {
  const drawn = document.createElement('template');
  drawn.innerHTML = micromark(text, {
    extensions: [gfm(), { disable: { null: ['labelStartImage'] } }],
    htmlExtensions: [gfmHtml()],
  });
  makeLinksSafe(drawn.content);
  return drawn.innerHTML;
}
