/** The names that a preamble template may put in double braces; docs/workflows.md says what each becomes. */
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

/** The placeholders of a template that are none of these. */
export function unknownPlaceholders(template: string): string[] {
  const known: readonly string[] = preamblePlaceholders;
  return [...template.matchAll(/\{\{(\w+)\}\}/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !known.includes(name));
}
