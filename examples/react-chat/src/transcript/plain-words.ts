/** Markdown as it is read aloud: without its marks. */
export function plainWords(markdown: string): string {
  return markdown
    .replace(/^\s*(?:```.*|\|?[\s:|-]+\|?)$/gm, '')
    .replace(/^\s*(?:>|#{1,6}|[-*+] \[[ xX]\]|[-*+])\s+/gm, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s*\|\s*|\s*\|\s*$/gm, '')
    .replace(/\s*\|\s*/g, ', ')
    .replace(/(?<!\\)[*_`~]+/g, '')
    .replace(/\\(?=[^\w\s])/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
