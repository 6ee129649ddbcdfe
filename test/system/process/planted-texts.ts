/** The forms in which a text can get into a line. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  return [
    ...[text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)],
    ...[bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url'), bytes.toString('hex')],
  ];
}

/** Returns the names of those texts that an output contains, in any form. */
export function foundIn(output: string, planted: Readonly<Record<string, string>>): string[] {
  const searched = output.toLowerCase();
  return Object.entries(planted)
    .filter(([, text]) => formsOf(text).some((form) => searched.includes(form.toLowerCase())))
    .map(([name]) => name);
}
