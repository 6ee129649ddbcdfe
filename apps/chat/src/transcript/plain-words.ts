/** Markdown as it is read aloud: without its marks. */
export function plainWords(markdown: string): string {
  return markdown.split('\n').map(plainLine).join(' ').replace(/\s+/g, ' ').trim();
}

function plainLine(line: string): string {
  // A fence of code, or what divides a table's head from its rows.
  if (/^\s*(?:```.*|[\s:|-]+)$/.test(line)) return '';
  return line
    .replace(/^\s*(?:>|#{1,6}|[-*+] \[[ xX]\]|[-*+])\s+/, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s*\||\|\s*$/g, '')
    .replace(/\s*\|\s*/g, ', ')
    .replace(/(?<!\\)[*_`~]+/g, '')
    .replace(/\\(?=[^A-Za-z0-9\s])/g, '');
}
