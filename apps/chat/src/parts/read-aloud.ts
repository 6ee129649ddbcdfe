import type { Progress } from '@turnkeeper/client';

/** Returns Markdown without its marks, for a screen reader. */
export function withoutMarkdown(markdown: string): string {
  return markdown.split('\n').map(plainLine).join(' ').replace(/\s+/g, ' ').trim();
}

function plainLine(line: string): string {
  // The fence of a code block, or the line below a table's head.
  if (/^\s*(?:```.*|[\s:|-]+)$/.test(line)) return '';
  return line
    .replace(/^\s*(?:>|#{1,6}|[-*+] \[[ xX]\]|[-*+])\s+/, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s*\||\|\s*$/g, '')
    .replace(/\s*\|\s*/g, ', ')
    .replace(/(?<!\\)[*_`~]+/g, '')
    .replace(/\\(?=[^A-Za-z0-9\s])/g, '');
}

/** Returns "Step 2 of 5: Contact, 25 percent". */
export function describeProgress(
  { stepNumber, totalSteps, percentComplete, currentStep }: Progress,
  title: string = currentStep,
): string {
  return `Step ${stepNumber} of ${totalSteps}: ${title}, ${percentComplete} percent`;
}
