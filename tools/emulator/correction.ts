import type { Json } from '../../workflows/definition/json.ts';
import type { KnownLabels } from './known-labels.ts';

/** "Working days: 5", or "days: 5", for something that is collected: what to store instead. Anything else is none. */
export function readCorrection(
  words: string,
  collected: readonly string[],
  labels: KnownLabels,
): Record<string, Json> | null {
  const [, called = '', value = ''] = /^([^:]+?)\s*:\s*(\S.*)$/.exec(words.trim()) ?? [];
  const known = collected.find((line) => {
    const name = nameIn(line);
    return [name, labels.labelOf(name)].some((one) => one.toLowerCase() === called.toLowerCase());
  });
  if (value === '' || known === undefined) return null;
  const name = nameIn(known);
  return { [name]: known.startsWith(`${name}: "`) ? value : jsonOr(value) };
}

function nameIn(line: string): string {
  return line.split(': ', 1).join('');
}

function jsonOr(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
