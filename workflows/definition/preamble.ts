/** Placeholder names that a preamble may use in double braces; docs/workflows.md describes their values. */
export const preamblePlaceholders = [
  'workflow',
  'step',
  'steps',
  'missing',
  'optional',
  'next',
  'collected',
  'turn',
] as const;

export type PreamblePlaceholder = (typeof preamblePlaceholders)[number];

export function unknownPlaceholders(template: string): string[] {
  const known: readonly string[] = preamblePlaceholders;
  return [...template.matchAll(/\{\{(\w+)\}\}/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !known.includes(name));
}
