/**
 * The words that run a command of `turnkeeper` in a shell, for messages to people: the npm script where this program
 * runs from its sources, the installed package's command where it runs from a build.
 */
export function commandLine(command: string, options: readonly string[] = []): string {
  const runsSources = import.meta.url.endsWith('.ts');
  if (!runsSources) return ['npx turnkeeper', command, ...options].join(' ');
  const script = command === 'start' ? 'npm start' : `npm run ${command}`;
  return options.length === 0 ? script : [script, '--', ...options].join(' ');
}
