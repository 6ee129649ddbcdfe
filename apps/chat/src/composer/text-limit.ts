/** The server takes no longer text; it counts without the space around it. */
export const longestText = 8_000;

/** Whether there is something to say, and not too much. */
export function canSay(text: string): boolean {
  return text.trim() !== '' && excessOf(text) === null;
}

/** How long a text is that is too long; else null. */
export function excessOf(text: string): string | null {
  const { length } = text.trim();
  if (length <= longestText) return null;
  return `${counted.format(length)} of ${counted.format(longestText)} characters`;
}

const counted = new Intl.NumberFormat('en');
